// However much waits for one callback, what waits for the others is found at the same cost.
import { v7 as uuidv7 } from 'uuid';
import { createDispatchQueue } from '../../src/db/dispatch-queue.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeNotification, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE dispatch_entries, dispatchers');
});
afterAll(() => database.drop());

const queue = () => createDispatchQueue(database.pool);

/** A callback with `count` statuses of one notification in the queue, the first of them due first. */
async function waiting(count: number): Promise<string> {
  const { serviceId, callbackId } = await storeService(database.pool);
  const id = await storeNotification(database.pool, serviceId);
  await database.pool.query(
    `INSERT INTO statuses (notification_id, sequence, event_id, status, accepted_at, occurred_at, callback_id, state)
     SELECT $1, s, gen_random_uuid(), 'sent', now(), now(), $2, 'pending' FROM generate_series(1, $3::integer) s`,
    [id, callbackId, count],
  );
  await database.pool.query(
    `INSERT INTO dispatch_entries (notification_id, sequence, callback_id, receiver_id, due_at)
     SELECT $1, s, $2, $2, now() - interval '1 hour' + make_interval(secs => s / 1000.0) FROM generate_series(1, $3::integer) s`,
    [id, callbackId, count],
  );
  return callbackId;
}

const claim = (bounds: { limit?: number; perReceiver?: number; except?: string[] } = {}) =>
  queue().claim(uuidv7(), { limit: 1000, perReceiver: 10, except: [], ...bounds });

test('takes a few of each callback, those that are due longest', async () => {
  const big = await waiting(50);
  const small = await waiting(3);
  const claimed = await claim();
  const sequencesOf = (callbackId: string) =>
    claimed
      .flatMap((entry) => (entry.callbackId === callbackId ? [entry.sequence] : []))
      .sort((a, b) => a - b);
  expect(sequencesOf(big)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(sequencesOf(small)).toEqual([1, 2, 3]);
});

test('takes nothing of the callbacks that are excepted', async () => {
  const full = await waiting(5);
  const other = await waiting(2);
  const claimed = await claim({ except: [full] });
  expect(new Set(claimed.map(({ callbackId }) => callbackId))).toEqual(new Set([other]));
});

test('stops at its limit', async () => {
  for (let count = 0; count < 15; count += 1) await waiting(1);
  expect(await claim({ limit: 12 })).toHaveLength(12);
});

test('reads a few rows of a hundred thousand that wait for one callback', async () => {
  await waiting(100_000);
  for (let count = 0; count < 20; count += 1) await waiting(2);
  await database.pool.query('ANALYZE dispatch_entries');
  // One connection, so that its transaction's own statistics are those of the claim.
  const pool = database.otherPool(1);
  await pool.query('BEGIN');
  const claimed = await createDispatchQueue(pool).claim(uuidv7(), {
    limit: 1000,
    perReceiver: 10,
    except: [],
  });
  const { rows } = await pool.query<{ read: number }>(
    `SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_xact_user_tables WHERE relname = 'dispatch_entries'`,
  );
  await pool.query('ROLLBACK');

  expect(claimed).toHaveLength(50);
  expect(rows[0]?.read).toBeGreaterThan(50);
  expect(rows[0]?.read).toBeLessThan(500);
}, 60_000);
