import { randomUUID } from 'node:crypto';
import { createInstallation, type Installation } from '../support/installation.ts';
import { startRecordingReceiver, type RecordingReceiver } from '../support/recording-receiver.ts';
import { createService, fiveStatuses, type TestService } from '../support/service-fixture.ts';
import { isAlive, pause, until } from '../support/until.ts';

let ringback: Installation;
let receiver: RecordingReceiver;
let service: TestService;

beforeAll(async () => {
  ringback = await createInstallation();
  receiver = await startRecordingReceiver(() => 200);
  await ringback.start();
  service = await createService(ringback, receiver.url);
}, 120_000);

afterAll(async () => {
  await ringback.remove();
  await receiver.stop();
}, 60_000);

/** Goes on until the status is accepted, as a caller does that got no answer: the same event id each time. */
async function acceptPatiently(notificationId: string, status: string): Promise<void> {
  const eventId = randomUUID();
  await until(`${status} accepted`, async () => {
    const answer = await service.accept(notificationId, status, eventId).catch(() => ({ status: 0 }));
    return answer.status === 202 || answer.status === 200;
  });
}

async function acceptAll(ids: readonly string[]): Promise<void> {
  await Promise.all(
    ids.map(async (id) => {
      for (const status of fiveStatuses) await acceptPatiently(id, status);
    }),
  );
}

async function expectAllInOrder(ids: readonly string[]): Promise<void> {
  const eventsOf = (id: string) => {
    const seen = new Set<string>();
    // At least once: a repeat of the same event is allowed, a later one before it is not.
    return receiver.received.filter(
      (post) => post.id === id && !seen.has(post.eventId) && seen.add(post.eventId),
    );
  };
  await until('every status of every notification', () => ids.every((id) => eventsOf(id).length === 5), 120);
  for (const id of ids) expect(eventsOf(id).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
}

describe.each(['app', 'temporal', 'postgres'] as const)(
  'when %s is killed in the middle of a burst',
  (part) => {
    test('it is restarted and said so, nothing accepted is lost, and the order holds', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => service.register()));

      const accepting = acceptAll(ids);
      process.kill(await ringback.pidOf(part), 'SIGKILL');
      await accepting;

      await expectAllInOrder(ids);
      await ringback.untilReady();
      expect(ringback.output()).toMatch(new RegExp(`"msg":"[^"]*${part}[^"]*"`));
    }, 240_000);
  },
);

test('killed between two attempts, the application makes the rest of them: none twice, none less', async () => {
  const failing = await startRecordingReceiver(({ headers }) =>
    Number(headers['ringback-attempt']) < 3 ? 500 : 200,
  );
  const other = await createService(ringback, failing.url, { attempts: 5, interval_seconds: 3 });
  const id = await other.register();

  await other.accept(id, 'delivered');
  await until('the first attempt', async () => (await other.history(id)).body.items[0]?.state === 'retrying');
  process.kill(await ringback.pidOf('app'), 'SIGKILL');
  await until('the delivery', () => failing.delivered().length === 1, 120);

  expect(failing.received.map(({ headers }) => headers['ringback-attempt'])).toEqual(['1', '2', '3']);
  await ringback.untilReady();
  await failing.stop();
}, 180_000);

test('while Temporal does not answer, statuses are accepted all the same and delivered when it is back', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => service.register()));
  const temporal = await ringback.pidOf('temporal');

  process.kill(temporal, 'SIGSTOP');
  try {
    for (const id of ids) expect((await service.accept(id, 'created')).status).toBe(202);
    await pause(2_000);
    expect(receiver.received.filter((post) => ids.includes(post.id))).toEqual([]);
  } finally {
    process.kill(temporal, 'SIGCONT');
  }

  await until(
    'the callbacks',
    () => ids.every((id) => receiver.received.some((post) => post.id === id)),
    120,
  );
}, 180_000);

test('killed whole with SIGKILL right after it accepted, the next start delivers what was accepted', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => service.register()));
  await acceptAll(ids);
  const pids = [...(await ringback.pids()), await ringback.supervisorPid()];

  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('the end of all processes', () => !pids.some(isAlive));
  await ringback.stop();
  await ringback.start();

  await expectAllInOrder(ids);
}, 240_000);
