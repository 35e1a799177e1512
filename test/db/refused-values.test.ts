// A value that PostgreSQL refuses is the trouble of the one request that brought it.
import type { Pool } from 'pg';
import { createStatusStore } from '../../src/db/status-store.ts';
import { AppError } from '../../src/domain/errors.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noHandover, noMetrics, operator, storeNotification, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ serviceId } = await storeService(database.pool));
});
afterAll(() => database.drop());

const impossible = '0000-01-01T00:00:00.000000Z';

const acceptor = (pool: Pool) =>
  createAcceptStatus({
    statuses: createStatusStore(pool),
    handover: noHandover,
    metrics: noMetrics,
    now: () => new Date(),
  });

const codeOf = (cause: unknown): unknown => (cause instanceof AppError ? cause.code : cause);

test('of a group, the statuses with a value that PostgreSQL refuses are INVALID_INPUT and all others are accepted', async () => {
  const accept = acceptor(database.pool);
  const ids = await Promise.all(
    Array.from({ length: 120 }, () => storeNotification(database.pool, serviceId)),
  );
  const isPoisoned = (place: number): boolean => place % 40 === 7;
  const outcomes = await Promise.allSettled(
    ids.map((id, place) =>
      accept(operator, id, { status: 'sending', ...(isPoisoned(place) && { occurred_at: impossible }) }),
    ),
  );

  expect(
    outcomes.map((one) => (one.status === 'fulfilled' ? one.value.sequence : codeOf(one.reason))),
  ).toEqual(ids.map((_id, place) => (isPoisoned(place) ? 'INVALID_INPUT' : 1)));
});

test('statuses of one notification that came together keep their order around a refused one', async () => {
  const accept = acceptor(database.pool);
  const id = await storeNotification(database.pool, serviceId);
  const words = ['created', 'sending', 'pending', 'sent', 'delivered'];
  const outcomes = await Promise.allSettled(
    words.map((status) =>
      accept(operator, id, { status, ...(status === 'pending' && { occurred_at: impossible }) }),
    ),
  );

  expect(outcomes.map(({ status }) => status)).toEqual(
    words.map((status) => (status === 'pending' ? 'rejected' : 'fulfilled')),
  );
  const history = await createStatusStore(database.pool).history(id);
  expect(history.map(({ status }) => status)).toEqual(words.filter((status) => status !== 'pending'));
});

test('while the database is away nothing is asked of it again for each of a group', async () => {
  const pool = database.otherPool(2);
  const accept = acceptor(pool);
  const id = await storeNotification(database.pool, serviceId);
  let asked = 0;
  pool.query = () => {
    asked += 1;
    return Promise.reject(new AppError('UNAVAILABLE', 'The database does not answer; try again shortly.'));
  };
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => accept(operator, id, { status: 'sending' })),
  );

  expect(new Set(outcomes.map((one) => one.status === 'rejected' && codeOf(one.reason)))).toEqual(
    new Set(['UNAVAILABLE']),
  );
  expect(asked).toBe(1);
});
