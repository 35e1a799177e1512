// Whatever a caller writes into a field, PostgreSQL is not the one who refuses it.
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createRealApp } from '../support/real-app.ts';

let database: TestDatabase;
let t: Awaited<ReturnType<typeof createRealApp>>;
beforeAll(async () => {
  database = await createTestDatabase();
  t = await createRealApp(database.pool);
});
afterAll(async () => {
  await t.app.close();
  await database.drop();
});

/** Text of three bytes a character that no compression makes shorter. */
const incompressible = (length: number): string =>
  Array.from({ length }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919 + n * n * 31) % 20_000))).join(
    '',
  );

// prettier-ignore
const hostile: readonly unknown[] = [
  '\u0000', 'a\u0000b', '\ud800', 'x\udc00y', incompressible(500), incompressible(833), incompressible(1000),
  '0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:59', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59',
  '2017-02-30T00:00:00Z', '2016-12-31T23:59:60Z', '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z',
  'infinity', '-infinity', 'now', '2026-06-15T11:30:00.9999999Z', 2 ** 31, -1, 1e308, null, [], {},
];

type Route = { method: 'POST' | 'PUT' | 'PATCH'; url: string; as?: string; body: Record<string, unknown> };

async function routes(): Promise<Route[]> {
  const { id, as } = await t.addService();
  const { id: dispatchId } = (
    await t.call('POST', '/v1/services', { body: { name: 'Fees', profile: 'dispatch' } })
  ).json<{ id: string }>();
  const campaign = { service_id: dispatchId, name: 'Fees', environment: { live: { a: 'b' } } };
  const { id: campaignId } = (await t.call('POST', '/v1/campaigns', { body: campaign })).json<{
    id: string;
  }>();
  const communication = {
    ...{ name: 'First', mode: 'live', notification_list: ['ops@example.com'] },
    callbacks: [{ event: 'message_sent', method: 'GET', url: 'https://example.com/${a}' }],
  };
  const ofCampaign = `/v1/campaigns/${campaignId}/communications`;
  const made = await t.call('POST', ofCampaign, { body: communication });
  const { id: communicationId } = made.json<{ id: string }>();
  const destination = { type: 'sms', to: '+61491570156', provider: 'twilio', provider_reference: 'SM1' };
  const members = { members: [{ attributes: { name: 'x' }, destinations: [destination] }] };
  const batch = await t.call('POST', `/v1/communications/${communicationId}/batches`, { body: members });
  const { id: batchId, members: stored } = batch.json<{ id: string; members: { id: string }[] }>();
  const member = `/v1/notifications/${stored[0]?.id ?? ''}`;
  const email = await t.addNotification(as);
  const template_id = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
  const times = { created_at: '2026-01-01T00:00:00Z', sent_at: '2026-01-01T00:00:00Z' };
  const texts = { provider: 'x', provider_reference: 'x', reference: 'x', template_name: 'x' };
  const letter = { sent_by: 'x', spreadsheet_file_name: 'x', spreadsheet_row_number: 1 };
  const said = { status: 'sending', status_description: 'x', provider_response: 'x' };
  const report = { ...said, occurred_at: times.created_at, completed_at: times.created_at };
  const inbound = { source_number: '07700900456', destination_number: '07700900789', message: 'Hello' };
  return [
    { method: 'POST', url: '/v1/services', body: { name: 'x', profile: 'govuk-notify' } },
    { method: 'PATCH', url: `/v1/services/${id}`, body: { name: 'x' } },
    { method: 'POST', url: `/v1/services/${id}/api-keys`, body: { name: 'x', key_type: 'test' } },
    {
      ...{ method: 'PUT', url: `/v1/services/${id}/callbacks/delivery_status` },
      body: {
        url: 'https://example.com',
        bearer_token: '0123456789',
        filter: { template_ids: [template_id] },
      },
    },
    {
      ...{ method: 'POST', url: '/v1/notifications', as },
      body: {
        to: 'x',
        notification_type: 'letter',
        template_id,
        template_version: 1,
        ...times,
        ...texts,
        ...letter,
      },
    },
    {
      method: 'POST',
      url: `/v1/notifications/${email}/statuses`,
      as,
      body: { ...report, sent_at: times.sent_at },
    },
    {
      method: 'POST',
      url: `/v1/notifications/${email}/complaints`,
      as,
      body: { complaint_date: times.sent_at },
    },
    {
      method: 'POST',
      url: `/v1/services/${id}/inbound`,
      as,
      body: { ...inbound, date_received: times.sent_at },
    },
    { method: 'POST', url: '/v1/letters/returned', as, body: { references: ['x'] } },
    { method: 'POST', url: '/v1/campaigns', body: campaign },
    { method: 'POST', url: ofCampaign, body: communication },
    { method: 'POST', url: `/v1/batches/${batchId}/members`, body: members },
    { method: 'POST', url: `${member}/statuses`, body: { destination: destination.to, status: 'sent' } },
    { method: 'POST', url: `${member}/problems`, body: { destination: destination.to, message: 'x' } },
    {
      method: 'POST',
      url: '/v2/notifications/sms',
      as,
      body: { phone_number: '07700900456', template_id, reference: 'x' },
    },
    {
      method: 'POST',
      url: '/v2/notifications/email',
      as,
      body: { email_address: 'a@example.com', template_id, reference: 'x' },
    },
    {
      ...{ method: 'POST', url: '/v2/notifications/letter', as },
      body: {
        template_id,
        personalisation: { address_line_1: 'x', address_line_2: 'x', postcode: 'SW1A 1AA' },
      },
    },
  ];
}

/** The body once for each of its fields, however deep, with `value` there; and once with `value` for the field's name. */
function* variants(body: unknown, value: unknown): Generator {
  if (typeof body !== 'object' || body === null) return;
  for (const [name, held] of Object.entries(body as Record<string, unknown>)) {
    const replaced = (other: unknown): unknown =>
      Array.isArray(body) ? (body as unknown[]).with(Number(name), other) : { ...body, [name]: other };
    yield replaced(value);
    for (const inner of variants(held, value)) yield replaced(inner);
    if (!Array.isArray(body) && typeof value === 'string') yield { ...body, [value]: held };
  }
}

test('no value in any field of any body ends in a fault of ours, or is refused by the database alone', async () => {
  const faults: unknown[] = [];
  for (const { method, url, as, body } of await routes()) {
    const good = await t.call(method, url, { body, ...(as !== undefined && { as }) });
    expect([url, good.statusCode < 300]).toEqual([url, true]);
    for (const value of hostile)
      for (const variant of variants(body, value)) {
        const answer = await t.call(method, url, { body: variant, ...(as !== undefined && { as }) });
        if (answer.statusCode >= 500 || answer.body.includes('cannot be stored'))
          faults.push([method, url, JSON.stringify(variant).slice(0, 200), answer.body]);
      }
  }
  expect(faults).toEqual([]);
}, 120_000);

test.each([
  ...[
    '/v1/notifications?reference=%00',
    '/v1/notifications?status=%ED%A0%80',
    '/v1/notifications?since=infinity',
  ],
  ...['/v1/notifications?since=0000-01-01T00:00:00Z', '/v1/notifications?until=%2B275760-09-13T00:00:00Z'],
  ...[
    '/v1/services?cursor=%00',
    '/v1/services/%00',
    '/v1/notifications/%ED%A0%80',
    '/v1/workflow-requests?cursor=x',
  ],
  '/v1/notifications?cursor=0001-01-01T00:00:00%2B23:59_9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10',
])('%s is answered and no fault of ours', async (url) => {
  const answer = await t.call('GET', url);
  expect([url, answer.statusCode < 500]).toEqual([url, true]);
  expect(answer.body).not.toContain('cannot be stored');
});
