// Attempts that happen at the same moment share their statements. None of them may notice.
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createDeliveryStore } from '../../../src/db/delivery/delivery-store.ts';
import { createPool } from '../../../src/db/postgres/pool.ts';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import { anAttempt, delivered, withStatuses } from '../../support/attempts.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { storeService } from '../../support/db-fixture.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ serviceId } = await storeService(database.pool));
});
afterAll(() => database.drop());

type Left = { state: string; numbers: number[] };

/** What the attempts have left of each status of a notification. */
async function left(id: string): Promise<Left[]> {
  const rows = await createStatusStore(database.pool).history(id);
  return rows.map(({ state, attempts }) => ({ state, numbers: attempts.map(({ number }) => number) }));
}

const notifications = (count: number, statuses: number) =>
  Promise.all(Array.from({ length: count }, () => withStatuses(database.pool, serviceId, statuses)));

/** Counts the statements that are asked of a pool. */
function counted(pool: Pool): { pool: Pool; statements: () => number } {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  let count = 0;
  pool.query = ((...args: unknown[]) => {
    count += 1;
    return query(...args);
  }) as typeof pool.query;
  return { pool, statements: () => count };
}

const waiting = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

const outcomesOf = async (work: Promise<unknown>[]) =>
  (await Promise.allSettled(work)).map(({ status }) => status);

test('a hundred and twenty attempts at once are recorded once each, and leave each status its own state', async () => {
  const store = createDeliveryStore(database.pool);
  const ids = await notifications(40, 3);
  const recordAll = () =>
    ids.flatMap((id) => [
      store.record(anAttempt(id, { sequence: 1, ...delivered })),
      store.record(anAttempt(id, { sequence: 2, error: `The one of ${id}.` })),
      store.record(anAttempt(id, { sequence: 3, state: 'failed', nextAttemptInSeconds: null })),
    ]);

  await Promise.all(recordAll());
  for (const id of ids) {
    const history = await createStatusStore(database.pool).history(id);
    expect(history).toMatchObject([
      { state: 'delivered', stateReason: null, nextAttemptAt: null, attempts: [{ number: 1 }] },
      { state: 'retrying', stateReason: `The one of ${id}.`, attempts: [{ error: `The one of ${id}.` }] },
      { state: 'failed', stateReason: 'The receiver answered 500.', nextAttemptAt: null },
    ]);
    expect(Date.parse(history[1]?.nextAttemptAt ?? '')).toBeGreaterThan(Date.now() + 250_000);
  }

  await Promise.all(recordAll());
  for (const id of ids)
    expect(await left(id)).toEqual([
      { state: 'delivered', numbers: [1, 2] },
      { state: 'retrying', numbers: [1, 2] },
      { state: 'failed', numbers: [1, 2] },
    ]);
});

test('attempts of one status that end at the same moment have their numbers in turn, and the first that finishes it counts', async () => {
  const store = createDeliveryStore(database.pool);
  const [one = '', ...others] = await notifications(5, 1);
  await Promise.all([
    ...others.map((id) => store.record(anAttempt(id))),
    store.record(anAttempt(one, { error: 'The first.' })),
    store.record(anAttempt(one, delivered)),
    store.record(anAttempt(one, { error: 'The late one.' })),
  ]);

  const [row] = await createStatusStore(database.pool).history(one);
  expect(row).toMatchObject({ state: 'delivered', stateReason: null, nextAttemptAt: null });
  expect(row?.attempts).toMatchObject([
    { number: 1, error: 'The first.' },
    { number: 2, outcome: 'delivered' },
    { number: 3, error: 'The late one.' },
  ]);
  for (const id of others) expect(await left(id)).toEqual([{ state: 'retrying', numbers: [1] }]);
});

const withAnswer = (id: string, headers: Record<string, string>) => {
  const { exchange } = anAttempt(id);
  const response = { status: 200, headers, body: new Uint8Array(), truncated: false };
  return { exchange: { ...exchange, response } };
};

test.each([
  ['a reason', () => ({ error: 'no \u0000 such text' })],
  ['a URL', () => ({ url: 'https://example.com/\u0000' })],
  ['a header', (id: string) => withAnswer(id, { 'x-odd': '\u0000' })],
  ['a time', (id: string) => ({ exchange: { ...anAttempt(id).exchange, startedAt: 'yesterday noon' } })],
])('an attempt with %s that PostgreSQL refuses fails alone', async (_what, refused) => {
  const store = createDeliveryStore(database.pool);
  const ids = await notifications(20, 1);
  const outcomes = await outcomesOf(
    ids.map((id, place) => store.record(anAttempt(id, place === 7 ? refused(id) : delivered))),
  );

  expect(outcomes).toEqual(ids.map((_id, place) => (place === 7 ? 'rejected' : 'fulfilled')));
  for (const [place, id] of ids.entries())
    expect(await left(id)).toEqual([
      place === 7 ? { state: 'pending', numbers: [] } : { state: 'delivered', numbers: [1] },
    ]);
});

test('what four processes record of the same statuses at the same moment is all recorded, each under its own number', async () => {
  const stores = [1, 2, 3, 4].map(() => createDeliveryStore(database.otherPool(3)));
  const ids = await notifications(30, 1);
  await Promise.all(
    stores.flatMap((store, process) =>
      // Each in an order of its own.
      ids.map((_id, place) => store.record(anAttempt(ids[(place * 7 + process * 11) % 30] ?? ''))),
    ),
  );
  for (const id of ids) expect(await left(id)).toEqual([{ state: 'retrying', numbers: [1, 2, 3, 4] }]);
});

test('a group waits for whoever has one of its statuses in hand, and then takes the status as that one left it', async () => {
  const store = createDeliveryStore(database.pool);
  const [finished = '', tried = '', free = ''] = await notifications(3, 1);
  const rival = await database.otherPool(1).connect();
  await rival.query('BEGIN');
  const change = `UPDATE statuses SET state = $2, state_reason = 'the rival''s' WHERE notification_id = $1`;
  await rival.query(change, [finished, 'skipped']);
  await rival.query(change, [tried, 'retrying']);

  const recorded = Promise.all([finished, tried, free].map((id) => store.record(anAttempt(id, delivered))));
  await until('the group waits', async () => {
    const { rows } = await database.pool.query(`SELECT pid ${waiting}`);
    return rows.length > 0;
  });
  await rival.query('COMMIT');
  rival.release();
  await recorded;

  expect(await createStatusStore(database.pool).history(finished)).toMatchObject([
    { state: 'skipped', stateReason: "the rival's", attempts: [{ number: 1 }] },
  ]);
  for (const id of [tried, free])
    expect(await createStatusStore(database.pool).history(id)).toMatchObject([
      { state: 'delivered', stateReason: null, attempts: [{ number: 1 }] },
    ]);
});

test('loads that are asked for at once come to their own callers, null where there is nothing', async () => {
  const store = createDeliveryStore(database.pool);
  const ids = await notifications(80, 2);
  const asked = [
    ...ids.map((id) => [id, 1] as const),
    [uuidv7(), 1] as const,
    ...ids.map((id) => [id, 2] as const),
    [ids[0] ?? '', 3] as const,
    ...ids.map((id) => [id, 1] as const),
  ];
  const jobs = await Promise.all(asked.map(([id, sequence]) => store.load(id, sequence)));

  expect(jobs.map((job) => job && [job.facts.id, job.sequence])).toEqual(
    asked.map(([id, sequence], place) => (place === 80 || place === 161 ? null : [id, sequence])),
  );
  for (const [place, [id, sequence]] of asked.entries())
    if (place % 20 === 0)
      expect(jobs[place]).toEqual(await createDeliveryStore(database.pool).load(id, sequence));
});

test('a load under something that is no id fails alone', async () => {
  const store = createDeliveryStore(database.pool);
  const ids = await notifications(3, 1);
  const outcomes = await outcomesOf([...ids, 'no-id', ...ids].map((id) => store.load(id, 1)));
  expect(outcomes).toEqual(
    [...ids, 'no-id', ...ids].map((id) => (id === 'no-id' ? 'rejected' : 'fulfilled')),
  );
});

test('two hundred attempts at once take a few statements, one after the other takes one each', async () => {
  const { pool, statements } = counted(database.otherPool());
  const store = createDeliveryStore(pool);
  const ids = await notifications(100, 2);
  const keys = ids.flatMap((id) => [1, 2].map((sequence) => ({ id, sequence })));

  await Promise.all(keys.map(({ id, sequence }) => store.load(id, sequence)));
  expect(statements()).toBe(2);
  await Promise.all(keys.map(({ id, sequence }) => store.record(anAttempt(id, { sequence }))));
  expect(statements()).toBe(2 + 4);

  for (const { id } of keys.slice(0, 5)) await store.record(anAttempt(id));
  expect(statements()).toBe(2 + 4 + 5);
});

test('while the database is away everybody is told so, and nobody asks it again', async () => {
  const url = new URL(database.url);
  url.port = '1';
  const { pool, statements } = counted(createPool(url.href, { max: 5 }));
  const store = createDeliveryStore(pool);
  const id = uuidv7();
  const failures = await Promise.all(
    Array.from({ length: 20 }, (_value, sequence) => [
      store.load(id, sequence).catch((cause: unknown) => cause),
      store.record(anAttempt(id, { sequence })).catch((cause: unknown) => cause),
    ]).flat(),
  );
  for (const failure of failures) expect(failure).toMatchObject({ code: 'UNAVAILABLE' });
  expect(statements()).toBe(2);
});

test('a group whose connection is lost is not made again: nobody knows whether it was committed', async () => {
  const { pool, statements } = counted(database.otherPool());
  const store = createDeliveryStore(pool);
  const ids = await notifications(5, 1);
  const rival = await database.otherPool(1).connect();
  await rival.query('BEGIN');
  await rival.query('SELECT FROM statuses WHERE notification_id = $1 FOR UPDATE', [ids[0]]);

  const outcomes = outcomesOf(ids.map((id) => store.record(anAttempt(id))));
  await until('the group waits, and is ended', async () => {
    const { rows } = await database.pool.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
    return rows.length > 0;
  });
  expect(await outcomes).toEqual(ids.map(() => 'rejected'));
  expect(statements()).toBe(1);
  await rival.query('COMMIT');
  rival.release();
});
