import { Webhook } from 'standardwebhooks';
import { createInstallation, type Installation } from '../support/installation.ts';
import { createReceivers } from '../support/recording-receiver.ts';
import { createService, fiveStatuses } from '../support/service-fixture.ts';
import { isAlive, until } from '../support/until.ts';

let ringback: Installation;
const receivers = createReceivers();

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
}, 120_000);

afterAll(async () => {
  await ringback.remove();
  await receivers.stop();
}, 60_000);

test('a status that is accepted reaches the customer’s URL in GOV.UK Notify’s bytes, with the token that is kept sealed', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService(ringback, receiver.url);
  const id = await service.register();

  const answer = await service.accept(id, 'delivered');
  await until('the callback', () => receiver.received.length === 1);

  expect(answer).toEqual({ status: 202, body: { notification_id: id, sequence: 1, duplicate: false } });
  const [post] = receiver.received;
  expect(post?.headers).toMatchObject({
    'content-type': 'application/json',
    authorization: 'Bearer the-receivers-own-secret',
    'ringback-sequence': '1',
    'ringback-attempt': '1',
  });
  expect(post?.body).toMatch(
    new RegExp(
      `^\\{"id": "${id}", "reference": null, "to": "07700900123", "status": "delivered", "created_at": "[^"]{27}", ` +
        '"completed_at": "[^"]{27}", "sent_at": null, "notification_type": "sms", "template_id": null, "template_version": null\\}$',
    ),
  );
}, 60_000);

test('200 notifications of 5 statuses each, told at once to a receiver that fails a fifth of the time, arrive complete and in order', async () => {
  let asked = 0;
  const receiver = await receivers.that(() => (asked++ % 5 === 4 ? 500 : 200));
  const service = await createService(ringback, receiver.url);
  const ids = await Promise.all(Array.from({ length: 200 }, () => service.register()));

  await Promise.all(
    ids.map(async (id) => {
      for (const status of fiveStatuses) expect((await service.accept(id, status)).status).toBe(202);
    }),
  );
  await until('all 1000 callbacks', () => receiver.delivered().length >= 1000, 180);

  const sequences = new Map(ids.map((id) => [id, [] as number[]]));
  for (const { id, sequence } of receiver.delivered()) sequences.get(id)?.push(sequence);
  expect([...sequences.values()].filter((own) => own.join() !== '1,2,3,4,5')).toEqual([]);
  expect(new Set(receiver.delivered().map(({ eventId }) => eventId)).size).toBe(1000);
}, 300_000);

test('an attempt that failed carries the same event id and the same bytes when it is made again', async () => {
  let asked = 0;
  const receiver = await receivers.that(() => (asked++ < 2 ? 503 : 200));
  const service = await createService(ringback, receiver.url);
  const id = await service.register();

  await service.accept(id, 'delivered');
  await until('the third attempt', () => receiver.received.length === 3);

  expect(new Set(receiver.received.map(({ eventId }) => eventId)).size).toBe(1);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
  expect(receiver.received.map(({ headers }) => headers['ringback-attempt'])).toEqual(['1', '2', '3']);
}, 60_000);

test('with signing on, a receiver can check each callback with the Standard Webhooks library, also after a rotation', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService(ringback, receiver.url);
  const admin = await ringback.adminToken();
  const path = `/v1/services/${service.id}/callbacks/delivery_status`;
  const { body } = await ringback.call<{ signing_secret: string }>('PUT', path, admin, {
    url: receiver.url,
    auth: { type: 'basic', username: 'ringback', password: 'their-password' },
    signing: { enabled: true },
  });
  const first = await service.register();
  await service.accept(first, 'delivered');
  await until('the signed callback', () => receiver.received.length === 1);
  await ringback.call('POST', `${path}/signing-secret/rotate`, admin);
  const second = await service.register();
  await service.accept(second, 'delivered');
  await until('the callback after the rotation', () => receiver.received.length === 2);

  for (const { body: bytes, headers } of receiver.received) {
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ringback:their-password').toString('base64')}`);
    const verified = new Webhook(body.signing_secret).verify(bytes, headers as Record<string, string>);
    expect(verified).toMatchObject({ status: 'delivered' });
  }
  expect(ringback.output()).not.toContain('their-password');
}, 60_000);

test('a status whose attempts are used up is failed, and the next one of its notification is held', async () => {
  const receiver = await receivers.that(({ sequence }) => (sequence === 1 ? 500 : 200));
  const service = await createService(ringback, receiver.url, { attempts: 3 });
  const id = await service.register();

  await service.accept(id, 'sending');
  await service.accept(id, 'delivered');
  const states = async () => (await service.history(id)).body.items.map(({ state }) => state);
  await until('both are finished', async () => (await states()).join() === 'failed,held');

  const { body } = await service.history(id);
  expect(receiver.received.map(({ sequence }) => sequence)).toEqual([1, 1, 1]);
  expect(body.items[0]?.attempts).toHaveLength(3);
}, 60_000);

test('a status that comes when the workflow has ended starts it again', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService(ringback, receiver.url);
  const id = await service.register();

  await service.accept(id, 'sent');
  await until(
    'the first callback',
    async () => (await service.history(id)).body.items[0]?.state === 'delivered',
  );
  await service.accept(id, 'delivered');
  await until('the late callback', () => receiver.received.length === 2);

  expect(receiver.received.map(({ sequence }) => sequence)).toEqual([1, 2]);
}, 60_000);

test('a status that was delivered is sent again when it is asked for, with the same event id and bytes', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService(ringback, receiver.url);
  const id = await service.register();
  await service.accept(id, 'delivered');
  const state = async () => (await service.history(id)).body.items[0]?.state;
  await until('the callback', async () => (await state()) === 'delivered');

  const [first] = receiver.received;
  const path = `/v1/notifications/${id}/callbacks/${first?.eventId}/redeliver`;
  expect((await ringback.call('POST', path, service.token)).status).toBe(202);
  await until('the second callback', () => receiver.received.length === 2);
  await until('it is recorded', async () => (await state()) === 'delivered');

  const [, second] = receiver.received;
  expect([second?.eventId, second?.body]).toEqual([first?.eventId, first?.body]);
  expect(second?.headers['ringback-attempt']).toBe('2');
}, 60_000);

test('a complaint reaches its own callback, with its own credential, and neither waits for the other’s trouble', async () => {
  const broken = await receivers.that(() => 500);
  const complaints = await receivers.that(() => 200);
  const service = await createService(ringback, broken.url);
  const admin = await ringback.adminToken();
  await ringback.call('PUT', `/v1/services/${service.id}/callbacks/complaint`, admin, {
    url: complaints.url,
    bearer_token: 'the-token-for-complaints',
  });
  const { body } = await ringback.call<{ id: string }>('POST', '/v1/notifications', service.token, {
    to: 'person@example.com',
    notification_type: 'email',
    reference: 'order-1',
  });
  await service.accept(body.id, 'delivered');
  await until('the status fails', () => broken.received.length > 0);

  const complaint = {
    complaint_id: '1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b4',
    complaint_date: '2026-06-16T08:02:11Z',
  };
  const path = `/v1/notifications/${body.id}/complaints`;
  expect((await ringback.call('POST', path, service.token, complaint)).status).toBe(202);
  await until('the complaint', () => complaints.received.length === 1);
  expect((await service.history(body.id)).body.items[0]?.state).toBe('retrying');

  const [post] = complaints.received;
  expect(post?.headers).toMatchObject({
    authorization: 'Bearer the-token-for-complaints',
    'ringback-sequence': '2',
  });
  expect(post?.body).toBe(
    `{"notification_id": "${body.id}", "complaint_id": "1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b4", "reference": "order-1", ` +
      '"to": "person@example.com", "complaint_date": "2026-06-16T08:02:11.000000Z"}',
  );
}, 60_000);

test('a letter that came back reaches its own callback in GOV.UK Notify’s bytes', async () => {
  const receiver = await receivers.that(() => 200);
  const service = await createService(ringback, receiver.url);
  const admin = await ringback.adminToken();
  const url = receiver.url;
  await ringback.call('PUT', `/v1/services/${service.id}/callbacks/returned_letter`, admin, { url });
  const { body } = await ringback.call<{ id: string }>('POST', '/v1/notifications', service.token, {
    to: '1 High Street',
    notification_type: 'letter',
    provider_reference: 'dvla-0001',
    created_at: '2026-05-20T09:00:00Z',
    sent_by: 'caseworker@example.gov.uk',
    spreadsheet_file_name: 'letters.csv',
    spreadsheet_row_number: 3,
  });
  const references = { references: ['dvla-0001'] };

  const answer = await ringback.call('POST', '/v1/letters/returned', service.token, references);
  await until('the callback', () => receiver.received.length === 1);

  expect(answer).toEqual({ status: 200, body: { matched: 1, unmatched: [] } });
  expect(receiver.received[0]?.body).toBe(
    `{"notification_id": "${body.id}", "reference": null, "date_sent": "2026-05-20T09:00:00.000000Z", ` +
      '"sent_by": "caseworker@example.gov.uk", "template_name": null, "template_id": "None", "template_version": null, ' +
      '"spreadsheet_file_name": "letters.csv", "spreadsheet_row_number": 3, "upload_letter_file_name": null}',
  );
}, 60_000);

test('the metrics count what was accepted, dispatched and attempted', async () => {
  const metrics = async () => (await fetch(`${ringback.url}/metrics`)).text();
  // What has been told is deleted from the queue a moment later.
  await until('the queue is empty', async () => /^ringback_dispatch_queue_depth 0$/m.test(await metrics()));
  const text = await metrics();

  expect(text).toMatch(/^ringback_statuses_accepted_total\{profile="govuk-notify",duplicate="false"\} \d+$/m);
  expect(text).toMatch(/^ringback_statuses_dispatched_total [1-9]\d*$/m);
  expect(text).toMatch(/^ringback_attempts_total\{outcome="delivered"\} [1-9]\d*$/m);
  expect(text).toMatch(/^ringback_accept_to_first_attempt_seconds_count [1-9]\d*$/m);
});

test('SIGTERM ends it cleanly, with every process it had started', async () => {
  const pids = await ringback.pids();
  expect(pids.length).toBeGreaterThanOrEqual(3);

  await ringback.stop();

  expect(ringback.output()).toContain('"msg":"ringback has stopped"');
  expect(pids.filter(isAlive)).toEqual([]);
}, 60_000);
