// The Notify family's events beside the plain delivery status, through a whole Ringback.
import { createInstallation, type Installation } from '../support/installation.ts';
import { openInstallationDatabase } from '../support/installation-database.ts';
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

async function createService(profile: string) {
  const call = <T>(method: string, path: string, body?: object) =>
    ringback.call<T>(method, path, admin, body);
  const { id } = (await call<{ id: string }>('POST', '/v1/services', { name: 'Any', profile })).body;
  return {
    id,
    call,
    configure: (event: string, url: string) =>
      call('PUT', `/v1/services/${id}/callbacks/${event}`, {
        url,
        bearer_token: 'the-services-token',
        policy: { attempts: 10, interval_seconds: 1, timeout_seconds: 5 },
      }),
    register: async (body: object) =>
      (await call<{ id: string }>('POST', '/v1/notifications', { service_id: id, ...body })).body.id,
  };
}

test('what one number sends arrives in its order, over a receiver that fails, in the profile’s bytes', async () => {
  let asked = 0;
  const receiver = await receivers.that(() => (asked++ % 3 === 1 ? 500 : 200));
  const service = await createService('govuk-notify');
  await service.configure('inbound_sms', receiver.url);
  const ids: string[] = [];
  for (let n = 1; n <= 6; n += 1) {
    const { status, body } = await service.call<{ id: string }>(
      'POST',
      `/v1/services/${service.id}/inbound`,
      {
        source_number: '+447700900456',
        destination_number: '+447700900789',
        message: `Hello Notify! £${n}`,
        date_received: '2026-06-15T11:31:44Z',
      },
    );
    expect(status).toBe(202);
    ids.push(body.id);
  }
  await until('all six', () => receiver.delivered().length === 6);

  expect(receiver.delivered().map(({ body }) => body)).toEqual(
    ids.map(
      (id, index) =>
        `{"id": "${id}", "source_number": "447700900456", "destination_number": "07700900789", ` +
        `"message": "Hello Notify! \\u00a3${index + 1}", "date_received": "2026-06-15T11:31:44.000000Z"}`,
    ),
  );
  const history = () =>
    service.call<{ items: { state: string }[] }>('GET', `/v1/inbound/${String(ids[5])}/callbacks`);
  await until('the history', async () => (await history()).body.items[0]?.state === 'delivered');
}, 60_000);

test('a notification’s own URL is told with its own token, and the service’s is not', async () => {
  const [own, others] = [await receivers.that(() => 200), await receivers.that(() => 200)];
  const service = await createService('notify-gov-au');
  await service.configure('delivery_status', others.url);
  const sms = { to: '+61491570156', notification_type: 'sms' };
  const id = await service.register({
    ...sms,
    callback_url: own.url,
    callback_bearer_token: 'a-token-of-its-own',
  });
  const plain = await service.register(sms);
  for (const each of [id, plain])
    await service.call('POST', `/v1/notifications/${each}/statuses`, { status: 'delivered' });
  await until('both', () => own.received.length === 1 && others.received.length === 1);

  expect(own.received[0]).toMatchObject({ id, headers: { authorization: 'Bearer a-token-of-its-own' } });
  expect(others.received[0]).toMatchObject({
    id: plain,
    headers: { authorization: 'Bearer the-services-token' },
  });
  expect(ringback.output()).not.toContain('a-token-of-its-own');
}, 60_000);

test('letters that came back are each told of once, though the application is killed in the middle', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService('notifynl');
  await service.configure('returned_letter', receiver.url);
  const references = Array.from({ length: 1200 }, (_, n) => `letter-${n}`);
  for (let start = 0; start < references.length; start += 100)
    await Promise.all(
      references
        .slice(start, start + 100)
        .map((reference) => service.register({ to: 'Straat 1', notification_type: 'letter', reference })),
    );

  const answer = await fetch(`${ringback.url}/v1/letters/returned`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ references: [...references, 'nobody'] }),
  });
  await until('the telling is under way', () => receiver.received.length > 20, 60);
  process.kill(await ringback.pidOf('app'), 'SIGKILL');
  const events = () => new Set(receiver.received.map(({ eventId }) => eventId));
  await until('all of them', () => events().size >= 1200, 120);

  expect(await answer.json()).toEqual({ matched: 1200, unmatched: ['nobody'] });
  expect(events().size).toBe(1200);
  const report = () => service.call<object>('GET', answer.headers.get('location') ?? '');
  expect((await report()).body).toMatchObject({ state: 'done', matched: 1200, done: 1200 });
}, 240_000);

test('a notification of which nothing is heard gets its profile’s time-out status, by a workflow that was started with a delay', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService('gc-notify');
  await service.configure('delivery_status', receiver.url);
  const sms = { to: '+16135550142', notification_type: 'sms' };
  const [silent, sending, heard] = [
    await service.register(sms),
    await service.register(sms),
    await service.register(sms),
  ];
  await service.call('POST', `/v1/notifications/${sending}/statuses`, { status: 'sending' });
  await service.call('POST', `/v1/notifications/${heard}/statuses`, { status: 'delivered' });
  const database = await openInstallationDatabase(ringback.home);
  // They were stored 72 hours ago, but for three seconds: of the two clocks it is the database's that counts.
  await database.query(
    `UPDATE notifications SET registered_at = now() - interval '72 hours' + interval '3 seconds' WHERE id = ANY ($1)`,
    [[silent, sending, heard]],
  );
  const { rows: woken } = await database.query<{ delay_until: string }>(
    `UPDATE workflow_requests SET not_before = now(), delay_until = now() + interval '3 seconds'
     WHERE argument ->> 'notificationId' = ANY ($1)
     RETURNING delay_until`,
    [[silent, sending, heard]],
  );
  await database.end();

  await until('both time-outs', () => receiver.received.length === 4);
  const statusesOf = (id: string) =>
    receiver.received.filter((post) => post.id === id).map(({ status }) => status);
  expect(woken).toHaveLength(2);
  const history = await service.call<{ items: { accepted_at: string }[] }>(
    'GET',
    `/v1/notifications/${silent}/callbacks`,
  );
  expect(String(history.body.items[0]?.accepted_at) >= String(woken[0]?.delay_until)).toBe(true);
  expect([statusesOf(silent), statusesOf(sending), statusesOf(heard)]).toEqual([
    ['technical-failure'],
    ['sending', 'temporary-failure'],
    ['delivered'],
  ]);
}, 60_000);
