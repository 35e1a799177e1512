// What providers report, from their request to the customer's URL, through a whole Ringback.
import { providers } from '../../src/providers/index.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { fixtureBytes, providerFixtures, requestOf } from '../support/provider-fixtures.ts';
import { createReceivers } from '../support/recording-receiver.ts';
import { until } from '../support/until.ts';

let ringback: Installation;
let admin: string;
const receivers = createReceivers();

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
  admin = await ringback.adminToken();
}, 120_000);

afterAll(async () => {
  await ringback.remove();
  await receivers.stop();
}, 60_000);

const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
  const { status, body: answer } = await ringback.call<T>(method, path, admin, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
};
const aService = async (profile: string, url: string): Promise<string> => {
  const { id } = await call<{ id: string }>('POST', '/v1/services', { name: 'Any', profile });
  await call('PUT', `/v1/services/${id}/callbacks/delivery_status`, {
    url,
    bearer_token: 'the-services-token',
  });
  return id;
};

test('every fixture that needs no signature of Amazon is acknowledged over HTTP, and becomes its status', async () => {
  const receiver = await receivers.that(() => 200);
  // A GET's answer and a 204 have bodies of their own kind; what is compared is what became of the message.
  const taken = providerFixtures.filter(
    ({ file, provider, expect: { status } }) =>
      status !== undefined && !file.includes('inbound') && provider !== 'ses' && provider !== 'twilio',
  );
  const profiles: Readonly<Record<string, string>> = {
    ...{ mmg: 'govuk-notify', firetext: 'govuk-notify', dvla: 'govuk-notify', 'sns-sms': 'gc-notify' },
    ...{ pinpoint: 'gc-notify', telstra: 'notify-gov-au', sap: 'notify-gov-au' },
    ...{ spryng: 'notifynl', messagebox: 'notifynl' },
  };
  for (const fixture of taken) {
    const { provider, file, expect: expected } = fixture;
    const profile = profiles[provider] ?? '';
    const serviceId = await aService(profile, receiver.url);
    await call('PUT', `/v1/services/${serviceId}/providers/${provider}`, { credentials: { type: 'none' } });
    const request = requestOf(fixture);
    const reading = providers.get(provider)?.readStatus(request);
    const reference = reading?.kind === 'read' ? (reading.items[0]?.reference ?? '') : '';
    const { id } = await call<{ id: string }>('POST', '/v1/notifications', {
      ...{
        service_id: serviceId,
        to: '07700900123',
        notification_type: 'letter',
        provider_reference: reference,
      },
    });
    // Where a provider names a message by its id, that of the message stands in the fixture's place.
    const isById = providers.get(provider)?.namesBy === 'id';
    const named = (text: string): string => (isById ? text.replaceAll(reference, id) : text);
    const query = named(request.query.toString());
    const answer = await fetch(
      `${ringback.url}/v1/providers/${provider}/status${query === '' ? '' : `?${query}`}`,
      {
        method: provider === 'spryng' ? 'GET' : 'POST',
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(provider !== 'spryng' && { body: named(Buffer.from(request.body).toString('utf8')) }),
      },
    );
    const history = await call<{ items: { status: string }[] }>('GET', `/v1/notifications/${id}/callbacks`);
    const word = expected.status?.includes('no change') ? [] : [expected.status?.split(/[ ,]/)[0]];
    expect([file, answer.status, history.items.map(({ status }) => status)]).toEqual([
      file,
      provider === 'dvla' ? 204 : 200,
      word,
    ]);
    await call('DELETE', `/v1/services/${serviceId}/providers/${provider}`);
  }
}, 120_000);

test('a receipt that comes before its message is told of once the message is registered', async () => {
  const receiver = await receivers.that(() => 200);
  const serviceId = await aService('govuk-notify', receiver.url);
  await call('PUT', `/v1/services/${serviceId}/providers/mmg`, {
    credentials: { username: 'mmg', password: 'the-password-of-mmg' },
  });
  const report = (password: string) =>
    fetch(`${ringback.url}/v1/providers/mmg/status`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`mmg:${password}`).toString('base64')}`,
      },
      body: new Uint8Array(fixtureBytes({ file: 'mmg-dlr-delivered-handset.json' })),
    });
  expect((await report('another')).status).toBe(403);
  const answer = await report('the-password-of-mmg');
  expect([answer.status, await answer.json()]).toEqual([200, { result: 'success' }]);

  const id = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
  await call('POST', '/v1/notifications', {
    ...{ service_id: serviceId, id, to: '07700900123', notification_type: 'sms' },
  });
  await until('it is told of', () => receiver.received.length === 1, 30);
  expect(receiver.received[0]).toMatchObject({ id, status: 'delivered' });
  expect(ringback.output()).not.toContain('the-password-of-mmg');
}, 60_000);
