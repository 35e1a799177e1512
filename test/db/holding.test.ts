// What is held, and how it gets out again: never lost between the two, never behind anything newer.
import { v7 as uuidv7 } from 'uuid';
import { findOpenJob } from '../../activities/find-open-job.ts';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createCommunicationStore } from '../../src/db/communication-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createDispatchQueue } from '../../src/db/dispatch-queue.ts';
import { createDrainStore } from '../../src/db/drain-store.ts';
import { createRedeliveries } from '../../src/db/redeliveries.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { anAttempt, delivered, withStatuses } from '../support/attempts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeService } from '../support/db-fixture.ts';
import { until } from '../support/until.ts';

const event = 'delivery_status' as const;

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE dispatch_entries');
  ({ serviceId } = await storeService(database.pool));
});
afterAll(() => database.drop());

const upTo = (limit: number) => ({ limit, perReceiver: limit, except: [] });
const store = () => createDeliveryStore(database.pool);
const jobs = () => ({
  deliveries: store(),
  reportProblem: () => Promise.reject(new Error('nothing here has a URL that could not be made')),
});
const drains = () => createDrainStore(database.pool);
const accepted = (count: number) => withStatuses(database.pool, serviceId, count);
const find = () => createCallbackStore(database.pool).find(serviceId, event);
const disable = () => createCommunicationStore(database.pool).disable(serviceId, event, 'It was asked for.');
const enable = async () => {
  const newId = uuidv7();
  const pool = database.otherPool(1);
  return createCommunicationStore(pool).enable(serviceId, event, { newId, ratePerSecond: null });
};
const statesOf = async (id: string) =>
  (await createStatusStore(database.pool).history(id)).map(({ state }) => state);

test('what waits for its next attempt is held when it finds its communication disabled', async () => {
  const id = await accepted(2);
  await store().record(anAttempt(id));
  await disable();

  expect(await findOpenJob(jobs(), { notificationId: id, sequence: 1 })).toEqual({
    kind: 'settled',
    state: 'held',
  });
  expect(await findOpenJob(jobs(), { notificationId: id, sequence: 2 })).toEqual({
    kind: 'settled',
    state: 'held',
  });

  const [first] = await createStatusStore(database.pool).history(id);
  expect(first).toMatchObject({
    state: 'held',
    stateReason: 'The communication is disabled; enabling it delivers what is held.',
    nextAttemptAt: null,
  });
  expect((await find())?.held).toBe(2);
});

test('nothing is held while the communication is enabled, nor what is settled already', async () => {
  const id = await accepted(1);
  expect(await store().hold(id, 1)).toBe(false);
  await store().record(anAttempt(id, delivered));
  await disable();
  expect(await store().hold(id, 1)).toBe(false);
  expect(await statesOf(id)).toEqual(['delivered']);
});

test('of holds and an enabling at the same moment each status is either released or still open, and none is lost', async () => {
  for (let round = 0; round < 20; round += 1) {
    const ids = await Promise.all(Array.from({ length: 6 }, () => accepted(1)));
    await disable();
    const holding = ids.map((id) => findOpenJob(jobs(), { notificationId: id, sequence: 1 }));
    const [started, ...found] = await Promise.all([enable(), ...holding]);
    await drains().release(started?.drainId ?? '', 100);

    expect(await Promise.all(ids.map(statesOf))).toEqual(ids.map(() => ['pending']));
    expect((await find())?.held).toBe(0);
    const told = await createDispatchQueue(database.pool).claim(uuidv7(), upTo(1000));
    const held = ids.filter((_id, place) => found[place]?.kind === 'settled');
    const isTold = (id: string) => told.some(({ notificationId }) => notificationId === id);
    expect(held.filter((id) => !isTold(id))).toEqual([]);
  }
}, 60_000);

/** Runs `work` while the enabling of the communication is under way, and commits that once `work` waits for it or is done. */
async function duringEnabling<T>(work: () => Promise<T>): Promise<T> {
  const enabling = await database.pool.connect();
  await enabling.query('BEGIN');
  await enabling.query(`UPDATE callbacks SET state = 'enabled' WHERE service_id = $1`, [serviceId]);
  let isDone = false;
  const result = work().finally(() => (isDone = true));
  await until('it waits or is done', async () => {
    const { rows } = await database.pool.query(
      `SELECT FROM pg_locks
       WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
    );
    return isDone || rows.length > 0;
  });
  await enabling.query('COMMIT');
  enabling.release();
  return result;
}

test('a status is not held past an enabling that is just being committed', async () => {
  const id = await accepted(1);
  await disable();
  expect(await duringEnabling(() => store().hold(id, 1))).toBe(false);
  expect(await statesOf(id)).toEqual(['pending']);
});

test('what is accepted while an enabling is just being committed is not held but queued', async () => {
  await disable();
  const id = await duringEnabling(() => accepted(1));
  const [row] = await createStatusStore(database.pool).history(id);
  expect(row).toMatchObject({ state: 'pending', stateReason: null, queued: true });
});

test('what is released is told of again, with its place in the queue for any process', async () => {
  await disable();
  const id = await accepted(2);
  const started = await enable();
  await drains().release(started?.drainId ?? '', 100);
  const told = await createDispatchQueue(database.pool).claim(uuidv7(), upTo(10));
  const places = told.map(({ notificationId, sequence }) => [notificationId, sequence] as const);
  expect(places.sort(([, one], [, other]) => one - other)).toEqual([
    [id, 1],
    [id, 2],
  ]);
});

test('something newer finds what is still held before it, takes it out and lets it go first', async () => {
  await disable();
  const id = await accepted(2);
  const started = await enable();
  const { rows } = await database.pool.query<{ event_id: string }>(
    `INSERT INTO statuses (notification_id, sequence, event_id, status, accepted_at, occurred_at, state)
     VALUES ($1, 3, gen_random_uuid(), 'delivered', now(), now(), 'pending')
     RETURNING event_id`,
    [id],
  );
  expect(rows).toHaveLength(1);

  expect(await findOpenJob(jobs(), { notificationId: id, sequence: 3 })).toMatchObject({
    kind: 'earlierFirst',
    earlier: { sequence: 1 },
  });

  expect(await statesOf(id)).toEqual(['pending', 'pending', 'pending']);
  expect((await drains().find(started?.drainId ?? ''))?.drain).toMatchObject({
    state: 'running',
    released: 2,
  });
  expect(await findOpenJob(jobs(), { notificationId: id, sequence: 1 })).toMatchObject({ kind: 'open' });
});

test('while it is disabled what is held before a status holds nobody up', async () => {
  await disable();
  const id = await accepted(2);
  await database.pool.query(
    `UPDATE statuses SET state = 'pending' WHERE notification_id = $1 AND sequence = 2`,
    [id],
  );
  expect((await store().load(id, 2))?.earlierOpen).toBeNull();
});

test('a status that is released has all its tries again, and its attempts go on being numbered', async () => {
  const id = await accepted(1);
  for (let count = 0; count < 3; count += 1) await store().record(anAttempt(id));
  await store().record(anAttempt(id, { outcome: 'cancelled' }));
  await store().record(anAttempt(id, { outcome: 'egress_error' }));
  await disable();
  await store().hold(id, 1);
  const started = await enable();
  await drains().release(started?.drainId ?? '', 10);

  expect(await store().load(id, 1)).toMatchObject({ attemptsMade: 0, attemptsRecorded: 5 });
  await store().record(anAttempt(id));
  expect(await store().load(id, 1)).toMatchObject({ attemptsMade: 1, attemptsRecorded: 6 });
});

test('with the removal of a callback what is held for it is skipped, with the reason', async () => {
  await disable();
  const id = await accepted(1);
  await createCallbackStore(database.pool).remove(serviceId, event);
  expect((await createStatusStore(database.pool).history(id))[0]).toMatchObject({
    state: 'skipped',
    stateReason: 'The callback was removed while this was held.',
  });
  const { rows } = await database.pool.query('SELECT * FROM held_statuses WHERE notification_id = $1', [id]);
  expect(rows).toEqual([]);
});

test.each([['delivered'], ['failed']])(
  'a status that is %s is opened again with all its tries, and queued for any process',
  async (state) => {
    const id = await accepted(1);
    await store().record(anAttempt(id));
    await database.pool.query('TRUNCATE dispatch_entries');
    await database.pool.query('UPDATE statuses SET state = $2 WHERE notification_id = $1', [id, state]);
    const [row] = await createStatusStore(database.pool).history(id);

    expect(await createRedeliveries(database.pool).redeliver(id, row?.eventId ?? '')).toEqual({
      sequence: 1,
      was: state,
      hasCallback: true,
    });

    expect(await store().load(id, 1)).toMatchObject({
      state: 'pending',
      attemptsMade: 0,
      attemptsRecorded: 1,
    });
    const told = await createDispatchQueue(database.pool).claim(uuidv7(), upTo(10));
    expect(told).toMatchObject([{ notificationId: id, sequence: 1 }]);
  },
);

test('what is under way, held or of a removed callback is not opened again', async () => {
  const id = await accepted(1);
  const redeliver = async () => {
    const [row] = await createStatusStore(database.pool).history(id);
    return createRedeliveries(database.pool).redeliver(id, row?.eventId ?? '');
  };
  expect(await redeliver()).toEqual({ sequence: 1, was: 'pending', hasCallback: true });
  await database.pool.query(`UPDATE statuses SET state = 'failed' WHERE notification_id = $1`, [id]);
  await createCallbackStore(database.pool).remove(serviceId, event);
  expect(await redeliver()).toEqual({ sequence: 1, was: 'failed', hasCallback: false });
  expect(await statesOf(id)).toEqual(['failed']);
  expect(await createRedeliveries(database.pool).redeliver(id, uuidv7())).toBeNull();
});
