// 2xx means durable: whatever a process had answered is there after it was killed, and another one carries it on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { v7 as uuidv7 } from 'uuid';
import { createDispatchQueue } from '../../src/db/dispatch-queue.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createAttemptGate } from '../../src/dispatch/attempt-gate.ts';
import { createDispatcher } from '../../src/dispatch/dispatcher.ts';
import type { DispatchEntry } from '../../src/ports/index.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noHandover, noMetrics, operator, storeNotification, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const program = fileURLToPath(new URL('./accepting-process.ts', import.meta.url));

test('what was answered survives the death of the process, and another dispatcher takes it over within seconds', async () => {
  const { serviceId } = await storeService(database.pool);
  const id = await storeNotification(database.pool, serviceId);
  const [owner, eventId] = [uuidv7(), uuidv7()];
  const child = spawn(process.execPath, ['--import', 'tsx', program, database.url, owner, id, eventId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  const killedAt = Date.now();

  expect(JSON.parse(answer.toString())).toEqual({ notification_id: id, sequence: 1, duplicate: false });
  const [row] = await createStatusStore(database.pool).history(id);
  expect(row).toMatchObject({ eventId, sequence: 1, status: 'sending', state: 'pending', queued: true });

  let heard: (entries: readonly DispatchEntry[]) => void = () => undefined;
  const told = new Promise<readonly DispatchEntry[]>((resolve) => (heard = resolve));
  const dispatcher = createDispatcher({
    owner: uuidv7(),
    queue: createDispatchQueue(database.pool),
    workflows: {
      tell: async (entries) => {
        heard(entries);
        return 'signalled';
      },
    },
    metrics: noMetrics,
    log: { info: () => undefined, warn: () => undefined },
    gate: createAttemptGate(),
    onProcesses: () => undefined,
    maxInFlight: 16,
    pressedFrom: 8,
    maxInFlightWhenPressed: 1,
    patienceMs: 500,
    forgetEveryMs: 0,
    restMs: 30_000,
    maxInMemory: 5_000,
    maxInMemoryPerReceiver: 500,
    claimPerReceiver: 100,
    fewInMemory: 100,
    beatsPerComparison: 30,
    beatSeconds: 0.2,
    leaseSeconds: 2,
  });
  await dispatcher.start();
  expect(await told).toMatchObject([{ notificationId: id, sequence: 1, eventId }]);
  expect(Date.now() - killedAt).toBeLessThan(5_000);
  await dispatcher.stop();

  const again = createAcceptStatus({
    statuses: createStatusStore(database.pool),
    handover: noHandover,
    metrics: noMetrics,
    now: () => new Date(),
  });
  expect(await again(operator, id, { status: 'sending', event_id: eventId })).toEqual({
    notification_id: id,
    sequence: 1,
    duplicate: true,
  });
}, 30_000);
