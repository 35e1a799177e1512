// Whoever reaches Temporal can have any activity called with anything. None of them does more than what the database says
// is due, so that a forged call does nothing, or what was to be done at that moment anyway.
import { v7 as uuidv7 } from 'uuid';
import { createCallbackStore } from '../../src/db/callbacks/callback-store.ts';
import { createCommunicationStore } from '../../src/db/callbacks/communication-store.ts';
import { createDeliveryStore } from '../../src/db/delivery/delivery-store.ts';
import { createDrainStore } from '../../src/db/callbacks/drain-store.ts';
import { createLetterReportStore } from '../../src/db/notifications/letter-report-store.ts';
import { createStatusStore } from '../../src/db/acceptance/status-store.ts';
import { activitiesOnDatabase } from '../support/activities-on-database.ts';
import { anAttempt, delivered, exhausted, withStatuses } from '../support/attempts.ts';
import { callbackSettings } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { everyStatus, storeNotification, storeService } from '../support/db-fixture.ts';
import { createDoor } from '../support/door.ts';

const event = 'delivery_status' as const;

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

const answering = (status: number) => activitiesOnDatabase(database.pool, async () => status);
const accepted = (count: number) => withStatuses(database.pool, serviceId, count);
const record = (...attempt: Parameters<typeof anAttempt>) =>
  createDeliveryStore(database.pool).record(anAttempt(...attempt));
const history = (id: string) => createStatusStore(database.pool).history(id);
const statesOf = async (id: string) => (await history(id)).map(({ state }) => state);
const isEnabled = async () =>
  (await createCallbackStore(database.pool).find(serviceId, event))?.state === 'enabled';

const storedHoursAgo = (id: string, hours: number) =>
  database.pool.query(
    `UPDATE notifications SET registered_at = now() - $2::float8 * interval '1 hour' WHERE id = $1`,
    [id, hours],
  );

describe('A forged time-out', () => {
  const statusOf = async (id: string) =>
    (await database.pool.query<{ status: string }>('SELECT status FROM notifications WHERE id = $1', [id]))
      .rows[0]?.status;

  test.each([
    ['that was stored just now, though it is said to be of 2020', 0],
    ['that has a minute to go', 72 - 1 / 60],
  ])('leaves a notification %s as it is, and says when it is due', async (_, hours) => {
    const id = await storeNotification(database.pool, serviceId, {
      created_at: '2020-01-01T00:00:00.000000Z',
    });
    await storedHoursAgo(id, hours);
    await expect(answering(200).call('applyTimeout', id)).rejects.toMatchObject({
      type: 'NOT_DUE',
      message: expect.stringMatching(/Nothing was done: .* in \d+ seconds/) as string,
    });
    expect(await statusOf(id)).toBe('created');
    expect(await history(id)).toEqual([]);
  });

  test('leaves one that has a final status as it is, however old', async () => {
    const id = await accepted(1);
    await database.pool.query(
      `UPDATE notifications SET status = 'sending', final_sequence = 1 WHERE id = $1`,
      [id],
    );
    await storedHoursAgo(id, 1000);
    expect(await answering(200).call('applyTimeout', id)).toBe('nothing to do');
    expect(await history(id)).toHaveLength(1);
  });

  test('leaves letters as they are, however old', async () => {
    const id = await storeNotification(database.pool, serviceId, { notification_type: 'letter' });
    await storedHoursAgo(id, 1000);
    expect(await answering(200).call('applyTimeout', id)).toBe('nothing to do');
    expect(await statusOf(id)).toBe('created');
  });

  test('does what is due when 72 hours are over, once', async () => {
    const id = await storeNotification(database.pool, serviceId);
    await storedHoursAgo(id, 72);
    const { call } = answering(200);
    expect(await call('applyTimeout', id)).toBe('timed out');
    expect(await call('applyTimeout', id)).toBe('nothing to do');
    expect(await statusOf(id)).toBe('temporary-failure');
    expect(await history(id)).toHaveLength(1);
  });
});

describe('A forged attempt', () => {
  test.each(['attemptCallback', 'retryCallback'] as const)(
    'by %s of what was never accepted, or is finished, calls nobody',
    async (name) => {
      const { call, sent } = answering(500);
      const id = await accepted(1);
      await record(id, delivered);
      expect(await call(name, { notificationId: id, sequence: 1 })).toMatchObject({ state: 'delivered' });
      expect(await call(name, { notificationId: id, sequence: 2 })).toMatchObject({ state: 'unknown' });
      expect(await call(name, { notificationId: uuidv7(), sequence: 1 })).toMatchObject({ state: 'unknown' });
      expect(sent.callbacks).toBe(0);
    },
  );

  test('before its time is none: no exchange, no attempt used up, and the word when it is due', async () => {
    const { call, sent } = answering(500);
    const id = await accepted(1);
    await record(id, { nextAttemptInSeconds: 300 });
    const key = { notificationId: id, sequence: 1 };
    for (let time = 0; time < 6; time += 1) {
      const plan = await call('attemptCallback', key);
      expect(plan).toMatchObject({ kind: 'retry', attemptsLeft: 4 });
      expect(Math.abs(300 - (plan as { waitSeconds: number }).waitSeconds)).toBeLessThan(60);
      await expect(call('retryCallback', key)).rejects.toMatchObject({ type: 'NOT_DUE' });
    }
    expect(sent.callbacks).toBe(0);
    expect((await history(id))[0]).toMatchObject({ state: 'retrying', attempts: [{}] });
    expect(await isEnabled()).toBe(true);
  });

  test('before the earlier status of its notification has ended lets that one go first', async () => {
    const { call, sent } = answering(200);
    const id = await accepted(2);
    expect(await call('retryCallback', { notificationId: id, sequence: 2 })).toMatchObject({
      kind: 'earlierFirst',
    });
    expect(sent.callbacks).toBe(0);
  });

  test('is made once, however many ask for it at the same moment', async () => {
    const door = createDoor();
    const { call, sent } = activitiesOnDatabase(database.pool, async () => {
      await door.pass();
      return 500;
    });
    const key = { notificationId: await accepted(1), sequence: 1 };
    const asked = Array.from({ length: 5 }, () => call('retryCallback', key).catch(() => null));
    await database.pool.query('SELECT pg_sleep(0.2)');
    door.open();
    await Promise.all(asked);
    expect(sent.callbacks).toBe(1);
    expect((await history(key.notificationId))[0]).toMatchObject({ state: 'retrying', attempts: [{}] });
    expect(await isEnabled()).toBe(true);
  });

  test('of a disabled communication calls nobody', async () => {
    await createCommunicationStore(database.pool).disable(serviceId, event, 'It was asked for.');
    const { call, sent } = answering(200);
    const id = await accepted(1);
    expect(await call('retryCallback', { notificationId: id, sequence: 1 })).toMatchObject({ state: 'held' });
    expect(sent.callbacks).toBe(0);
  });
});

test.each(['finishStatus', 'awaitAttempt'] as const)(
  'A forged %s fails nothing that has attempts left by what was recorded',
  async (name) => {
    const { call } = answering(500);
    const id = await accepted(1);
    for (let made = 0; made < 4; made += 1) await record(id);
    for (let time = 0; time < 6; time += 1)
      expect(await call(name, { notificationId: id, sequence: 1 })).toMatchObject({
        kind: 'retry',
        attemptsLeft: 1,
      });
    expect(await statesOf(id)).toEqual(['retrying']);
    expect(await isEnabled()).toBe(true);
  },
);

describe('A forged mail', () => {
  async function aMail(): Promise<string> {
    const settings = callbackSettings({ filter: everyStatus, notificationList: ['ops@example.com'] });
    await createCallbackStore(database.pool).put(callbackId, serviceId, event, settings);
    await record(await accepted(1), exhausted(callbackId));
    const { rows } = await database.pool.query<{ id: string }>(
      'SELECT id FROM mails WHERE callback_id = $1',
      [callbackId],
    );
    return rows[0]?.id ?? '';
  }

  test('of an incident that never was, or by an id that no disabling stored, is none', async () => {
    const { call, sent } = answering(200);
    await aMail();
    for (const incident of [0, 1, 2, 2 ** 31])
      for (const kind of ['disabled', 'warning'])
        expect(await call('listMails', { communicationId: callbackId, kind, incident })).toEqual([]);
    await call('sendMail', uuidv7());
    expect(sent.mails).toEqual([]);
  });

  test('is not sent a second time, nor side by side with its sender', async () => {
    const door = createDoor();
    const { call, sent, mails } = answering(200);
    mails.isTaken = () => door.pass();
    const id = await aMail();
    const asked = [1, 2, 3].map((n) =>
      call('sendMail', id, `sender ${n}`).then(
        () => 'sent',
        (cause: unknown) => String(cause),
      ),
    );
    await database.pool.query('SELECT pg_sleep(0.2)');
    door.open();
    const said = await Promise.all(asked);
    expect(said.filter((word) => word === 'sent')).toHaveLength(1);
    await call('sendMail', id);
    expect(sent.mails).toEqual(['ops@example.com']);
  });

  test('keeps its sender from it no longer than a try takes', async () => {
    const { call, sent, mails } = answering(200);
    mails.isTaken = () => Promise.reject(new Error('451 try again later'));
    const id = await aMail();
    await expect(call('sendMail', id, 'forged')).rejects.toThrow('451');
    mails.isTaken = async () => undefined;
    await expect(call('sendMail', id, 'genuine')).rejects.toThrow('somebody else');
    await database.pool.query(`UPDATE mails SET sending_until = sending_until - interval '3 minutes'`);
    await call('sendMail', id, 'genuine');
    expect(sent.mails).toHaveLength(2);
  });
});

describe('A forged drain', () => {
  async function aDrain(held: number, ratePerSecond: number): Promise<{ id: string; drainId: string }> {
    const communications = createCommunicationStore(database.pool);
    await communications.disable(serviceId, event, 'It was asked for.');
    const id = await accepted(held);
    const started = await communications.enable(serviceId, event, { newId: uuidv7(), ratePerSecond });
    return { id, drainId: started?.drainId ?? '' };
  }
  const heldOf = async (id: string) => (await statesOf(id)).filter((state) => state === 'held').length;

  test('releases nothing where there is none, or it is not running', async () => {
    const { call } = answering(200);
    const { id, drainId } = await aDrain(3, 50);
    await createDrainStore(database.pool).cancel(drainId);
    expect(await call('releaseHeld', { drainId: uuidv7(), limit: 200 })).toMatchObject({ state: 'unknown' });
    expect(await call('releaseHeld', { drainId, limit: 200 })).toMatchObject({ state: 'cancelled' });
    expect(await heldOf(id)).toBe(3);
  });

  test("releases no faster than the drain's own rate, whatever it asks for and however often", async () => {
    const { call } = answering(200);
    const { id, drainId } = await aDrain(5, 0.01);
    const asked = Array.from({ length: 10 }, () => call('releaseHeld', { drainId, limit: 1_000_000 }));
    await Promise.all(asked);
    expect(await call('releaseHeld', { drainId, limit: 200 })).toMatchObject({
      state: 'running',
      released: 1,
    });
    expect(await heldOf(id)).toBe(4);
    await database.pool.query(`UPDATE drains SET paced_until = paced_until - interval '100 seconds'`);
    expect(await call('releaseHeld', { drainId, limit: 200 })).toMatchObject({ released: 2 });
  });

  test('cancels none: only its own workflow does', async () => {
    const { call } = answering(200);
    const { drainId } = await aDrain(3, 50);
    await call('cancelDrain', drainId, 'forged');
    expect((await createDrainStore(database.pool).find(drainId))?.drain.state).toBe('running');
    await call('cancelDrain', drainId, `drain/${drainId}`);
    expect((await createDrainStore(database.pool).find(drainId))?.drain.state).toBe('cancelled');
  });
});

test('A forged step of a batch or of a report on letters that is not there does nothing', async () => {
  const { call, sent } = answering(200);
  expect(await call('advanceBatch', { batchId: uuidv7(), limit: 100 })).toBeNull();
  expect(await call('processLetterPage', { reportId: uuidv7(), limit: 500 })).toMatchObject({
    state: 'unknown',
  });
  expect(sent.members).toEqual([]);
});

test('A forged page of a report on letters tells of what the report has, each once', async () => {
  const { call } = answering(200);
  const id = await storeNotification(database.pool, serviceId, { notification_type: 'letter' });
  const reportId = uuidv7();
  const letters = [{ notificationId: id, eventId: uuidv7() }];
  await createLetterReportStore(database.pool).create({ id: reportId, serviceId, keyType: 'live', letters });
  await Promise.all([1, 2, 3].map(() => call('processLetterPage', { reportId, limit: 1e9 })));
  expect((await history(id)).map(({ event: name }) => name)).toEqual(['returned_letter']);
});
