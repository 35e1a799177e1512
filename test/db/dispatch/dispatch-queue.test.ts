import { createAcceptor } from '../../../src/use-cases/acceptance/accept-events.ts';
import { v7 as uuidv7 } from 'uuid';
import { createDispatchQueue } from '../../../src/db/dispatch/dispatch-queue.ts';
import { createRedeliveries } from '../../../src/db/notifications/redeliveries.ts';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import { createAcceptStatus } from '../../../src/use-cases/acceptance/accept-status.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  noDispatchSink,
  noMetrics,
  operator,
  storeNotification,
  storeService,
} from '../../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
let callbackId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ serviceId, callbackId } = await storeService(database.pool));
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE dispatch_entries, dispatchers');
});
afterAll(() => database.drop());

const upTo = (limit: number) => ({ limit, perReceiver: limit, except: [] });
const queue = () => createDispatchQueue(database.pool);

/** Accepts `count` statuses of one notification, committed under `owner`. */
async function accepted(count: number, owner: string | null = null): Promise<string> {
  const id = await storeNotification(database.pool, serviceId);
  const accept = createAcceptStatus(
    createAcceptor({
      statuses: createStatusStore(database.pool),
      dispatchSink: { ...noDispatchSink, owner: () => owner },
      metrics: noMetrics,
      now: () => new Date(),
    }),
  );
  await Promise.all(Array.from({ length: count }, () => accept(operator, id, { status: 'sending' })));
  return id;
}

/** Accepts a status of each of `count` notifications. */
const notified = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => accepted(1)));

/** Lets time pass for the queue: its clock is the database's own. */
async function elapse(seconds: number): Promise<void> {
  await database.pool.query('UPDATE dispatchers SET alive_until = alive_until - make_interval(secs => $1)', [
    seconds,
  ]);
  await database.pool.query('UPDATE dispatch_entries SET due_at = due_at - make_interval(secs => $1)', [
    seconds,
  ]);
}

test('a claimed entry says everything its workflow is told', async () => {
  const id = await accepted(1);
  const [entry, ...others] = await queue().claim(uuidv7(), upTo(10));
  const [row] = await createStatusStore(database.pool).history(id);
  expect(others).toEqual([]);
  expect(entry).toEqual({
    notificationId: id,
    sequence: 1,
    status: 'sending',
    eventId: row?.eventId,
    event: 'delivery_status',
    serviceId,
    profile: 'govuk-notify',
    callbackId,
    receiverId: callbackId,
    maxInFlight: 16,
    generation: 0,
  });
});

test('an entry that is queued again after it was told of and before it is forgotten stays in the queue', async () => {
  const id = await accepted(1);
  const [told] = await queue().claim(uuidv7(), upTo(10));
  await database.pool.query("UPDATE statuses SET state = 'delivered' WHERE notification_id = $1", [id]);
  await createRedeliveries(database.pool).redeliver(id, told?.eventId ?? '');

  await queue().finish(told ? [told] : []);

  const again = await queue().claim(uuidv7(), upTo(10));
  expect(again).toEqual([{ ...told, generation: 1 }]);
  await queue().finish(again);
  expect(await queue().depth()).toBe(0);
});

test('two owners that claim at the same time share the entries, and nobody gets one twice', async () => {
  const ids = await notified(200);
  const queues = [1, 2].map(() => createDispatchQueue(database.otherPool()));
  const shares = await Promise.all(
    queues.flatMap((own) => {
      const owner = uuidv7();
      return Array.from({ length: 5 }, () => own.claim(owner, upTo(25)));
    }),
  );
  const claimed = shares.flat().map(({ notificationId }) => notificationId);
  expect(new Set(claimed).size).toBe(claimed.length);
  // Whoever skipped a rival's locked entries finds the rest at the next claim.
  const rest = await queue().claim(uuidv7(), upTo(500));
  expect([...claimed, ...rest.map(({ notificationId }) => notificationId)].sort()).toEqual(ids.sort());
});

test('takes no more than it is asked for, and nothing that another has', async () => {
  await notified(5);
  expect(await queue().claim(uuidv7(), upTo(3))).toHaveLength(3);
  expect(await queue().claim(uuidv7(), upTo(10))).toHaveLength(2);
  expect(await queue().claim(uuidv7(), upTo(10))).toEqual([]);
});

test('what waits of one notification is claimed together, so that its workflow is told of it at once', async () => {
  const id = await accepted(1);
  await notified(5);
  const accept = createAcceptStatus(
    createAcceptor({
      statuses: createStatusStore(database.pool),
      dispatchSink: noDispatchSink,
      metrics: noMetrics,
      now: () => new Date(),
    }),
  );
  await accept(operator, id, { status: 'delivered' });
  const claimed = await queue().claim(uuidv7(), upTo(1));
  expect(claimed.map(({ notificationId }) => notificationId)).toEqual([id, id]);
  expect(claimed.map(({ sequence }) => sequence).sort()).toEqual([1, 2]);
  expect(await queue().claim(uuidv7(), upTo(10))).toHaveLength(5);
});

test('an entry that is not due yet is left alone', async () => {
  await accepted(1);
  await elapse(-60);
  expect(await queue().claim(uuidv7(), upTo(10))).toEqual([]);
});

test('the entries of an owner that died are anyone’s at the end of its lease, and not before', async () => {
  const [dead, alive] = [uuidv7(), uuidv7()];
  await queue().renewLease(dead, 5);
  await accepted(3, dead);

  await elapse(4);
  await queue().renewLease(alive, 5);
  expect(await queue().claim(alive, upTo(10))).toEqual([]);

  await elapse(2);
  await queue().renewLease(alive, 5);
  expect(await queue().claim(alive, upTo(10))).toHaveLength(3);
});

test('an owner that goes on beating keeps its entries', async () => {
  const [slow, other] = [uuidv7(), uuidv7()];
  await queue().renewLease(slow, 5);
  await accepted(2, slow);
  for (let second = 0; second < 12; second += 3) {
    await elapse(3);
    await queue().renewLease(slow, 5);
    await queue().renewLease(other, 5);
  }
  expect(await queue().claim(other, upTo(10))).toEqual([]);
});

test('an entry committed under an owner that was buried already is freed by the next beat of another', async () => {
  const other = uuidv7();
  await accepted(1, uuidv7());
  await queue().renewLease(other, 5);
  expect(await queue().claim(other, upTo(10))).toHaveLength(1);
});

test('an owner finds its own entries that it does not remember, once they are old', async () => {
  const owner = uuidv7();
  await queue().renewLease(owner, 5);
  const id = await accepted(1, owner);
  expect(await queue().owned(owner, 5)).toEqual([]);

  await elapse(6);

  expect(await queue().owned(owner, 5)).toMatchObject([{ notificationId: id, sequence: 1 }]);
  expect(await queue().owned(uuidv7(), 5)).toEqual([]);
});

test('a finished entry is gone for everybody', async () => {
  const owner = uuidv7();
  await accepted(3);
  const [first, ...others] = await queue().claim(owner, upTo(10));
  if (!first) throw new Error('nothing was claimed');
  await queue().finish([first]);

  expect(await queue().depth()).toBe(2);
  await queue().releaseAll(owner);
  const left = await queue().claim(uuidv7(), upTo(10));
  expect(left.map(({ sequence }) => sequence).sort()).toEqual(others.map(({ sequence }) => sequence).sort());
});

test('whoever resigns leaves everything to the others at once', async () => {
  const [leaving, staying] = [uuidv7(), uuidv7()];
  await queue().renewLease(leaving, 5);
  await queue().renewLease(staying, 5);
  await accepted(2, leaving);
  await accepted(1, staying);

  await queue().releaseAll(leaving);

  expect(await queue().claim(staying, upTo(10))).toHaveLength(2);
});
