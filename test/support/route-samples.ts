// A good request of every route, over things that exist; the tests of the HTTP surface bend them.
import { v7 as uuidv7 } from 'uuid';
import type { DatabaseApp } from './database-app.ts';
import { aCallback, aMember, sms } from './dispatch-app.ts';

export type Sample = {
  method: string;
  /** As in the OpenAPI document. */
  route: string;
  path: string;
  query?: Record<string, string>;
  /** The Authorization header; none for null. */
  as: string | null;
  body?: unknown;
};

type Place = { id: string };
const unknownId = '00000000-0000-7000-8000-000000000000';

async function prepare({ call, pool }: Pick<DatabaseApp, 'call' | 'pool'>) {
  const post = async <T extends object = Place>(url: string, body: unknown, as?: string): Promise<T> => {
    const answer = await call('POST', url, { body, ...(as !== undefined && { as }) });
    if (answer.statusCode >= 300) throw new Error(`${url}: ${answer.body}`);
    return answer.json<T>();
  };
  const aService = async (profile: string) => {
    const { id } = await post('/v1/services', { name: 'Permits', profile });
    const { id: keyId, key } = await post<{ id: string; key: string }>(`/v1/services/${id}/api-keys`, {
      name: 'production',
      key_type: 'live',
    });
    return { id, keyId, as: `Bearer ${key}` };
  };
  const notify = await aService('govuk-notify');
  const dispatch = await aService('dispatch');
  for (const event of ['delivery_status', 'inbound_sms', 'returned_letter', 'complaint'])
    await call('PUT', `/v1/services/${notify.id}/callbacks/${event}`, {
      body: { url: 'https://example.com/callbacks', signing: { enabled: true } },
    });
  const { id: notification } = await post(
    '/v1/notifications',
    { to: 'person@example.com', notification_type: 'email' },
    notify.as,
  );
  const status = uuidv7();
  await post(
    `/v1/notifications/${notification}/statuses`,
    { status: 'sending', event_id: status },
    notify.as,
  );
  await post(
    '/v1/notifications',
    { to: '1 High Street', notification_type: 'letter', reference: 'a-letter' },
    notify.as,
  );
  const inbound = await post(`/v1/services/${notify.id}/inbound`, inboundBody, notify.as);
  const reported = await call('POST', '/v1/letters/returned', {
    as: notify.as,
    body: { references: ['a-letter'] },
  });
  const drain = await post<{ drain_id: string }>(
    `/v1/services/${notify.id}/callbacks/delivery_status/enable`,
    {},
  );
  const campaign = await post('/v1/campaigns', {
    service_id: dispatch.id,
    name: 'Fees',
    environment: { live: { team: 'fees' } },
  });
  const communication = await post(`/v1/campaigns/${campaign.id}/communications`, communicationBody);
  const batch = await post<{ id: string; members: Place[] }>(
    `/v1/communications/${communication.id}/batches`,
    { members: [aMember()] },
    dispatch.as,
  );
  const setAside = uuidv7();
  await pool.query(
    `INSERT INTO workflow_requests (workflow_id, workflow_type, argument, set_aside_at, set_aside_id)
     VALUES ('sample/' || $1::uuid, 'refusedByTemporal', '{}', now(), $1)`,
    [setAside],
  );
  return {
    setAside,
    ...{ notify, dispatch, notification, status, inbound: inbound.id, drain: drain.drain_id },
    report: String(reported.headers.location).split('/').at(-1) ?? unknownId,
    ...{ campaign: campaign.id, communication: communication.id, batch: batch.id },
    member: batch.members[0]?.id ?? unknownId,
  };
}

const inboundBody = { source_number: '07700900123', destination_number: '60006', message: 'STOP' };
const communicationBody = { name: 'First', mode: 'live', callbacks: [aCallback()] };
const emptyPage = { limit: '2' };

/** One for each operation, and more where a route takes quite different bodies. */
export async function routeSamples(
  app: Pick<DatabaseApp, 'call' | 'pool' | 'adminToken'>,
): Promise<Sample[]> {
  const { notify, dispatch, ...at } = await prepare(app);
  const operator = `Bearer ${app.adminToken}`;
  const service = `/v1/services/${notify.id}`;
  const callback = `${service}/callbacks/delivery_status`;
  const callbackRoute = '/v1/services/{id}/callbacks/{event}';
  const communication = `/v1/communications/${at.communication}`;
  const notification = `/v1/notifications/${at.notification}`;
  const member = `/v1/notifications/${at.member}`;
  // prettier-ignore
  const samples: [string, string, string, string | null, unknown?, Record<string, string>?][] = [
    ['GET', '/healthz', '/healthz', null],
    ['GET', '/readyz', '/readyz', null],
    ['GET', '/metrics', '/metrics', null],
    ['GET', '/docs', '/docs', null],
    ['GET', '/docs', '/docs/static/index.html', null],
    ['GET', '/openapi.json', '/openapi.json', null],
    ['GET', '/v1/workflow-requests', '/v1/workflow-requests', operator, undefined, { ...emptyPage, state: 'set_aside', cursor: unknownId }],
    ['POST', '/v1/workflow-requests/{id}/retry', `/v1/workflow-requests/${at.setAside}/retry`, operator],
    ['POST', '/v1/services', '/v1/services', operator, { name: 'Permits', profile: 'govuk-notify', notification_list: ['a@example.com'] }],
    ['GET', '/v1/services', '/v1/services', operator, undefined, { ...emptyPage, cursor: unknownId }],
    ['GET', '/v1/services/{id}', service, operator],
    ['PATCH', '/v1/services/{id}', service, operator, { name: 'Other', notification_list: ['a@example.com'] }],
    ['POST', '/v1/services/{id}/api-keys', `${service}/api-keys`, operator, { name: 'ci', key_type: 'live' }],
    ['DELETE', '/v1/services/{id}/api-keys/{key_id}', `${service}/api-keys/${unknownId}`, operator],
    ['PUT', callbackRoute, callback, operator, { url: 'https://example.com/callbacks', bearer_token: 'abcdefghij', policy: { attempts: 3, interval_seconds: 5, timeout_seconds: 5 }, signing: { enabled: true }, filter: { statuses: ['delivered'], notification_types: ['sms'], template_ids: [unknownId] }, notification_list: ['a@example.com'], warn_after_attempts: 2, max_in_flight: 3, rate_per_second: 5 }],
    ['PUT', callbackRoute, callback, operator, { url: 'https://example.com/callbacks', auth: { type: 'oauth2_client_credentials', token_url: 'https://example.com/token', client_id: 'a', client_secret: 'b', scope: 'c d' }, client_certificate: null }],
    ['PUT', callbackRoute, callback, operator, { url: 'https://example.com/callbacks', auth: { type: 'basic', username: 'a', password: 'b' }, client_certificate: { certificate: 'c', private_key: 'k' } }],
    ['GET', callbackRoute, callback, notify.as],
    ['DELETE', callbackRoute, `${service}/callbacks/complaint`, operator],
    ['POST', `${callbackRoute}/signing-secret/rotate`, `${callback}/signing-secret/rotate`, operator],
    ['POST', `${callbackRoute}/disable`, `${service}/callbacks/inbound_sms/disable`, operator, { reason: 'Because.' }],
    ['POST', `${callbackRoute}/enable`, `${service}/callbacks/inbound_sms/enable`, operator, { rate_per_second: 5 }],
    ['POST', `${callbackRoute}/test`, `${callback}/test`, operator],
    ['GET', `${callbackRoute}/versions`, `${callback}/versions`, notify.as, undefined, { ...emptyPage, cursor: '2' }],
    ['PUT', '/v1/services/{id}/providers/{provider}', `${service}/providers/mmg`, operator, { credentials: { username: 'a', password: 'b' }, inbound_numbers: ['+447700900789'], public_url: 'https://callbacks.example.org' }],
    ['DELETE', '/v1/services/{id}/providers/{provider}', `${service}/providers/spryng`, operator],
    ['GET', '/v1/drains/{id}', `/v1/drains/${at.drain}`, notify.as],
    ['POST', '/v1/drains/{id}/cancel', `/v1/drains/${at.drain}/cancel`, operator],
    ['POST', '/v1/campaigns', '/v1/campaigns', operator, { service_id: dispatch.id, name: 'Fees', environment: { live: { a: 'b' } } }],
    ['GET', '/v1/campaigns/{id}', `/v1/campaigns/${at.campaign}`, operator],
    ['POST', '/v1/campaigns/{id}/communications', `/v1/campaigns/${at.campaign}/communications`, operator, communicationBody],
    ['GET', '/v1/communications/{id}', communication, dispatch.as],
    ['GET', '/v1/communications/{id}/callbacks', `${communication}/callbacks`, dispatch.as, undefined, { ...emptyPage, cursor: `${unknownId}_1` }],
    ['PUT', '/v1/communications/{id}/callbacks/{event}', `${communication}/callbacks/message_sent`, operator, { method: 'GET', url: 'https://example.com/${id}', policy: { attempts: 2 }, names: {}, credentials: { type: 'header', header: 'X-Key', value: 'v' } }],
    ['POST', '/v1/communications/{id}/disable', `${communication}/disable`, operator, { reason: 'Because.' }],
    ['POST', '/v1/communications/{id}/enable', `${communication}/enable`, operator, { rate_per_second: 5 }],
    ['POST', '/v1/communications/{id}/batches', `${communication}/batches`, dispatch.as, { members: [{ attributes: { a: 'b', n: 1 }, destinations: [{ ...sms, provider_reference: 'SM1' }] }] }],
    ['POST', '/v1/batches/{id}/members', `/v1/batches/${at.batch}/members`, dispatch.as, { members: [aMember()] }],
    ['POST', '/v1/batches/{id}/complete', `/v1/batches/${unknownId}/complete`, dispatch.as],
    ['GET', '/v1/batches/{id}', `/v1/batches/${at.batch}`, dispatch.as, undefined, { includemembers: 'true', limit: '2', cursor: '0' }],
    ['POST', '/v1/notifications', '/v1/notifications', notify.as, { to: 'person@example.com', notification_type: 'email', reference: 'r', template_id: unknownId, template_version: 1, template_name: 't', provider: 'ses', provider_reference: 'p', created_at: '2026-06-15T11:30:00Z', sent_at: '2026-06-15T11:30:00Z', callback_url: 'https://example.com/own', callback_bearer_token: 'abcdefghij' }],
    ['POST', '/v1/notifications', '/v1/notifications', notify.as, { to: '1 High Street', notification_type: 'letter', reference: 'r', provider_reference: 'p', sent_by: 'dvla', spreadsheet_file_name: 'f', spreadsheet_row_number: 1, upload_letter_file_name: 'g' }],
    ['GET', '/v1/notifications', '/v1/notifications', notify.as, undefined, { ...emptyPage, cursor: `2026-06-15T11:30:00Z_${unknownId}`, service_id: notify.id, reference: 'r', status: 'sending', notification_type: 'email', since: '2026-06-15T11:30:00Z', until: '2099-06-15T11:30:00Z' }],
    ['GET', '/v1/notifications/{id}', notification, notify.as],
    ['POST', '/v1/notifications/{id}/statuses', `${notification}/statuses`, notify.as, { status: 'sending', event_id: unknownId, occurred_at: '2026-06-15T11:30:00Z', status_description: 'd', provider_response: 'p', completed_at: '2026-06-15T11:30:00Z', sent_at: '2026-06-15T11:30:00Z' }],
    ['POST', '/v1/notifications/{id}/statuses', `${member}/statuses`, dispatch.as, { status: 'sent', destination: sms.to, destination_type: 'sms' }],
    ['POST', '/v1/notifications/{id}/problems', `${member}/problems`, dispatch.as, { message: 'No template.', destination: sms.to }],
    ['POST', '/v1/notifications/{id}/complaints', `${notification}/complaints`, notify.as, { complaint_id: unknownId, complaint_date: '2026-06-15T11:30:00Z' }],
    ['GET', '/v1/notifications/{id}/callbacks', `${notification}/callbacks`, notify.as, undefined, { ...emptyPage, cursor: '1' }],
    ['GET', '/v1/notifications/{id}/callbacks/{callback_id}/attempts', `${notification}/callbacks/${at.status}/attempts`, notify.as, undefined, { ...emptyPage, cursor: '3' }],
    ['POST', '/v1/notifications/{id}/callbacks/{callback_id}/redeliver', `${notification}/callbacks/${at.status}/redeliver`, notify.as],
    ['POST', '/v1/letters/returned', '/v1/letters/returned', notify.as, { references: ['a-letter', unknownId, 'x'] }],
    ['GET', '/v1/letters/returned/{id}', `/v1/letters/returned/${at.report}`, notify.as],
    ['POST', '/v1/services/{id}/inbound', `${service}/inbound`, notify.as, { ...inboundBody, date_received: '2026-06-15T11:30:00Z' }],
    ['GET', '/v1/inbound/{id}/callbacks', `/v1/inbound/${at.inbound}/callbacks`, notify.as],
    ['GET', '/v1/inbound/{id}/attempts', `/v1/inbound/${at.inbound}/attempts`, notify.as, undefined, { ...emptyPage, cursor: '3' }],
    ['POST', '/v1/inbound/{id}/redeliver', `/v1/inbound/${at.inbound}/redeliver`, notify.as],
    ['POST', '/v1/providers/{provider}/status', '/v1/providers/mmg/status', 'Basic YTpi', { CID: at.notification, status: '3' }],
    ['GET', '/v1/providers/{provider}/status', '/v1/providers/spryng/status', 'Basic YTpi', undefined, { ID: 'a', REFERENCE: 'b', STATUS: '10', token: 'c' }],
    ['POST', '/v1/providers/{provider}/inbound', '/v1/providers/mmg/inbound', 'Basic YTpi', { MSISDN: '447700900123', Number: '447700900789', Message: 'x' }],
    ['POST', '/v1/providers/sap/oauth2/token', '/v1/providers/sap/oauth2/token', 'Basic YTpi', 'grant_type=client_credentials'],
    ['POST', '/v2/notifications/sms', '/v2/notifications/sms', notify.as, { phone_number: '07700900123', template_id: unknownId, personalisation: { a: 'b' }, reference: 'r', status_callback_url: 'https://example.com/own', status_callback_bearer_token: 'abcdefghij', sms_sender_id: unknownId }],
    ['POST', '/v2/notifications/email', '/v2/notifications/email', notify.as, { email_address: 'a@example.com', template_id: unknownId, personalisation: { a: 'b' }, reference: 'r', one_click_unsubscribe_url: 'https://example.com/u' }],
    ['POST', '/v2/notifications/letter', '/v2/notifications/letter', notify.as, { template_id: unknownId, personalisation: { address_line_1: 'a', address_line_2: 'b', postcode: 'c' }, reference: 'r' }],
    ['POST', '/v2/notifications/letter', '/v2/notifications/letter', notify.as, { reference: 'r', content: 'JVBERi0x', postage: 'first' }],
    ['GET', '/v2/notifications', '/v2/notifications', notify.as, undefined, { template_type: 'email', status: 'sending', reference: 'r', older_than: unknownId, include_jobs: 'true' }],
    ['GET', '/v2/notifications/{id}', `/v2/notifications/${at.notification}`, notify.as],
    ['GET', '/v2/received-text-messages', '/v2/received-text-messages', notify.as, undefined, { older_than: at.inbound }],
  ];
  return samples.map(([method, route, path, as, body, query]) => ({
    ...{ method, route, path, as },
    ...(body !== undefined && { body }),
    ...(query && { query }),
  }));
}

/** As bytes on the wire; `headers` is in order, and may repeat names. */
export function rawRequest(given: {
  method: string;
  target: string;
  headers: readonly (readonly [string, string])[];
  body?: Buffer;
}): Buffer {
  const { method, target, headers, body } = given;
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body ?? Buffer.alloc(0)]);
}
