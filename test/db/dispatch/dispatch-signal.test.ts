import { createAcceptor } from '../../../src/use-cases/acceptance/accept-events.ts';
import { createDispatchSignal } from '../../../src/db/dispatch/dispatch-signal.ts';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import { createAcceptStatus } from '../../../src/use-cases/acceptance/accept-status.ts';
import type { DispatchSignal } from '../../../src/ports/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  noDispatchSink,
  noMetrics,
  operator,
  storeNotification,
  storeService,
} from '../../support/db-fixture.ts';

let database: TestDatabase;
let signal: DispatchSignal;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => {
  signal = createDispatchSignal(database.url);
});
afterEach(() => signal.stop());
afterAll(() => database.drop());

/** Listens and gives a promise of the n-th offer, counted from 1; each new connection offers once by itself. */
function listen(): (count: number) => Promise<void> {
  let heard = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  signal.listen(() => {
    heard += 1;
    for (const { count, resolve } of waiting) if (heard >= count) resolve();
  });
  return (count) =>
    new Promise((resolve) => {
      waiting.push({ count, resolve });
      if (heard >= count) resolve();
    });
}

async function accept(owner: string | null): Promise<void> {
  const { serviceId } = await storeService(database.pool);
  const id = await storeNotification(database.pool, serviceId);
  const acceptStatus = createAcceptStatus(
    createAcceptor({
      statuses: createStatusStore(database.pool),
      dispatchSink: { ...noDispatchSink, owner: () => owner },
      metrics: noMetrics,
      now: () => new Date(),
    }),
  );
  await acceptStatus(operator, id, { status: 'sending' });
}

test('an acceptance that is left to any process is heard', async () => {
  const offer = listen();
  await offer(1);
  await accept(null);
  await offer(2);
});

test('an acceptance that its own process dispatches disturbs nobody', async () => {
  const offer = listen();
  await offer(1);
  await accept('018f0000-0000-7000-8000-0000000000aa');
  await accept(null);
  await offer(2);
  const third = offer(3).then(() => 'heard');
  await database.pool.query('SELECT 1');
  expect(await Promise.race([third, Promise.resolve('silence')])).toBe('silence');
});

test('after its connection was cut it listens again, and asks for what it may have missed', async () => {
  const offer = listen();
  await offer(1);
  const { rowCount } = await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'ringback-dispatch' AND datname = current_database()`,
  );
  expect(rowCount).toBe(1);

  await offer(2);
  await accept(null);
  await offer(3);
});

test('leaves no connection behind when it is stopped', async () => {
  await listen()(1);
  await signal.stop();
  const left = async () =>
    (
      await database.pool.query<{ count: number }>(
        `SELECT count(*) FROM pg_stat_activity
         WHERE application_name = 'ringback-dispatch' AND datname = current_database()`,
      )
    ).rows[0]?.count;
  // The server takes a moment to see its client go.
  while ((await left()) !== 0) await new Promise(setImmediate);
});
