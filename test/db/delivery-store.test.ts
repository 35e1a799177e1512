import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createCommunicationStore } from '../../src/db/communication-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createStoredCallbacks } from '../../src/db/stored-callback.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { anAttempt, delivered, withStatuses as acceptStatuses } from '../support/attempts.ts';
import { callbackSettings } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { everyStatus, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
let callbackId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  ({ serviceId, callbackId } = await storeService(database.pool));
});
afterAll(() => database.drop());

const store = () => createDeliveryStore(database.pool);

const history = (id: string) => createStatusStore(database.pool).history(id);

const withStatuses = (count: number, of = serviceId) => acceptStatuses(database.pool, of, count);

test('loads everything an attempt needs', async () => {
  await createCallbackStore(database.pool).put(
    callbackId,
    serviceId,
    'delivery_status',
    callbackSettings({ filter: everyStatus, auth: { type: 'bearer', sealed: Buffer.from([1, 0, 255]) } }),
  );
  const id = await withStatuses(1);
  expect(await store().load(id, 1)).toEqual({
    notificationId: id,
    sequence: 1,
    target: null,
    eventId: (await history(id))[0]?.eventId,
    event: 'delivery_status',
    complaint: null,
    inbound: null,
    letter: {
      templateName: null,
      sentBy: null,
      spreadsheetFileName: null,
      spreadsheetRowNumber: null,
      uploadLetterFileName: null,
    },
    state: 'pending',
    earlierOpen: null,
    attemptsMade: 0,
    attemptsRecorded: 0,
    ownFailures: 0,
    dueInSeconds: 0,
    acceptedAt: '2026-06-15T11:30:00.123000Z',
    serviceId,
    profile: 'govuk-notify',
    callback: {
      id: callbackId,
      receiverId: callbackId,
      url: 'https://example.com/callbacks',
      authType: 'bearer',
      sealedAuth: Buffer.from([1, 0, 255]),
      policy: { attempts: 5, intervalSeconds: 300, timeoutSeconds: 120 },
      version: 2,
      sealedPreviousAuth: null,
      unauthorizedAttempts: 0,
      sealedClientCertificate: null,
      sealedSigningSecrets: [],
      isDisabled: false,
      warnAfterAttempts: null,
      maxInFlight: 16,
      ratePerSecond: null,
    },
    facts: {
      id,
      reference: 'ref "1" \\ 😀',
      to: 'person@example.com',
      status: 'sending',
      statusDescription: null,
      providerResponse: null,
      createdAt: '2026-06-15T11:30:00.123456Z',
      completedAt: '2026-06-15T11:30:00.123000Z',
      sentAt: '2026-06-15T11:30:01.000001Z',
      notificationType: 'email',
      templateId: null,
      templateVersion: null,
    },
  });
});

test('finds nothing where no status was accepted', async () => {
  expect(await store().load(await withStatuses(1), 2)).toBeNull();
});

test('names the lowest earlier status that is still open, and none once they are settled', async () => {
  const id = await withStatuses(3);
  const earlier = async () => (await store().load(id, 3))?.earlierOpen?.sequence ?? null;

  expect(await earlier()).toBe(1);
  await store().record(anAttempt(id, { sequence: 1 }));
  expect(await earlier()).toBe(1);
  await store().record(anAttempt(id, { sequence: 1, ...delivered }));
  expect(await earlier()).toBe(2);
  await store().end(id, 2, { state: 'skipped', reason: 'The callback was removed before delivery.' });
  expect(await earlier()).toBeNull();
});

test("takes the callback's configuration as it is now, and none when it was removed", async () => {
  const id = await withStatuses(1);
  const callbacks = createCallbackStore(database.pool);
  const url = 'https://example.com/elsewhere';
  await callbacks.put(callbackId, serviceId, 'delivery_status', callbackSettings({ url }));
  expect((await store().load(id, 1))?.callback).toMatchObject({ id: callbackId, url });

  await callbacks.remove(serviceId, 'delivery_status');
  expect((await store().load(id, 1))?.callback).toBeNull();
});

test('records an attempt with all of the answer, and what it leaves the status in', async () => {
  const id = await withStatuses(1);
  await store().record(anAttempt(id));

  const [row] = await history(id);
  expect(row).toMatchObject({ state: 'retrying', stateReason: 'The receiver answered 500.' });
  expect(Date.parse(row?.nextAttemptAt ?? '')).toBeGreaterThan(Date.now() + 290_000);
  expect(row?.attempts).toEqual([
    {
      number: 1,
      started_at: '2026-06-15T11:30:05.000007Z',
      duration_ms: 13,
      outcome: 'http_status',
      response_status: 500,
      response_headers: { 'content-type': 'text/plain', 'x-odd': '"\\ é' },
      response_body: 'no \u0000 luck \u{1f600}',
      response_truncated: true,
      error: 'The receiver answered 500.',
    },
  ]);
});

test('numbers the attempts, and counts those that were cancelled as recorded only', async () => {
  const id = await withStatuses(1);
  await store().record(anAttempt(id));
  await store().record(anAttempt(id, { outcome: 'cancelled', error: 'Ringback stopped.' }));
  await store().record(anAttempt(id));

  expect((await history(id))[0]?.attempts.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(await store().load(id, 1)).toMatchObject({ attemptsMade: 2, attemptsRecorded: 3 });
});

test('keeps what our own way out failed as one attempt for as many as come in a row, and counts none', async () => {
  const id = await withStatuses(1);
  const ownFailure = (startedAt: string) =>
    anAttempt(id, {
      outcome: 'egress_error',
      error: 'Our own.',
      exchange: {
        startedAt,
        durationMs: 3,
        failure: { outcome: 'egress_error', reason: '' },
        response: null,
      },
      nextAttemptInSeconds: 1,
    });
  await store().record(anAttempt(id));
  for (let second = 10; second < 60; second += 1)
    await store().record(ownFailure(`2026-06-15T11:30:${second}.000000Z`));

  const found = (await history(id))[0]?.attempts.map(({ number, outcome, error, started_at: at }) => [
    number,
    outcome,
    error,
    at,
  ]);
  expect(found?.slice(1)).toEqual([
    [2, 'egress_error', 'Our own. (50 in a row)', '2026-06-15T11:30:59.000000Z'],
  ]);
  expect(await store().load(id, 1)).toMatchObject({
    attemptsMade: 1,
    attemptsRecorded: 2,
    ownFailures: 50,
    state: 'retrying',
  });

  await store().record(anAttempt(id));
  expect(await store().load(id, 1)).toMatchObject({ attemptsMade: 2, attemptsRecorded: 3, ownFailures: 0 });
  await store().record(ownFailure('2026-06-15T11:40:00.000000Z'));
  expect(await store().load(id, 1)).toMatchObject({ attemptsMade: 2, attemptsRecorded: 4, ownFailures: 1 });
});

test('keeps every attempt that is recorded at the same moment, each under a number of its own', async () => {
  const id = await withStatuses(1);
  const together = Array.from({ length: 10 }, () => store().record(anAttempt(id)));
  await Promise.all(together);

  const numbers = (await history(id))[0]?.attempts.map(({ number }) => number);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test.each(['delivered', 'failed', 'held', 'skipped'] as const)(
  'leaves a status that is %s as it is, and still keeps the late attempt',
  async (state) => {
    const id = await withStatuses(1);
    await database.pool.query(
      `UPDATE statuses SET state = $2, state_reason = 'settled first' WHERE notification_id = $1`,
      [id, state],
    );

    await store().record(anAttempt(id));
    await store().fail(id, 1, { kind: 'disable', callbackId, reason: 'settled second' });
    await store().end(id, 1, { state: 'skipped', reason: 'settled third' });
    expect(await store().hold(id, 1)).toBe(false);

    const [row] = await history(id);
    expect(row).toMatchObject({ state, stateReason: 'settled first', nextAttemptAt: null });
    expect(row?.attempts).toHaveLength(1);
  },
);

test('a status that ends well keeps no reason and no next attempt', async () => {
  const id = await withStatuses(1);
  await store().record(anAttempt(id));
  await store().record(anAttempt(id, delivered));
  expect((await history(id))[0]).toMatchObject({
    state: 'delivered',
    stateReason: null,
    nextAttemptAt: null,
  });
});

test('the history shows where the last attempt went, and before any the URL of the callback', async () => {
  const id = await withStatuses(2);
  await store().record(anAttempt(id, { url: 'https://example.com/old' }));
  const rows = await history(id);
  expect(rows.map(({ sequence, url, queued }) => [sequence, url, queued])).toEqual([
    [1, 'https://example.com/old', true],
    [2, 'https://example.com/callbacks', true],
  ]);
});

test('finds the callback of a service as its attempts would have it, also while it is disabled', async () => {
  const id = await withStatuses(1);
  await createCommunicationStore(database.pool).disable(serviceId, 'delivery_status', 'It was asked for.');
  const found = await createStoredCallbacks(database.pool).find(serviceId, 'delivery_status');
  expect(found).toEqual({ profile: 'govuk-notify', callback: (await store().load(id, 1))?.callback });
  expect(found?.callback.isDisabled).toBe(true);
  await createCallbackStore(database.pool).remove(serviceId, 'delivery_status');
  expect(await createStoredCallbacks(database.pool).find(serviceId, 'delivery_status')).toBeNull();
});
