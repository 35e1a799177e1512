// Many receivers stop answering at once: what first attempts may occupy is bounded by count, not by the end of patience.
import type { ActivityPorts } from '../../activities/index.ts';
import { createFakeDelivery, type FakeDelivery } from '../support/fake-delivery.ts';
import { createDoor } from '../support/door.ts';
import { createWorkerSet } from '../support/worker-set.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';
import { until } from '../support/until.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

/** The ports of one process that delivers for all of these notifications. */
function together(fakes: readonly FakeDelivery[]): ActivityPorts {
  const [first] = fakes;
  if (!first) throw new Error('there is nothing to deliver');
  const of = (id: string): FakeDelivery => {
    const fake = fakes.find(({ notificationId }) => notificationId === id);
    if (!fake) throw new Error(`there is no notification ${id}`);
    return fake;
  };
  return {
    ...first.ports,
    deliveries: {
      ...first.ports.deliveries,
      load: (id, sequence) => of(id).ports.deliveries.load(id, sequence),
      record: (attempt) => of(attempt.notificationId).ports.deliveries.record(attempt),
    },
    sender: {
      send: (request, signal) =>
        of((JSON.parse(request.body ?? '') as { id: string }).id).ports.sender.send(request, signal),
    },
  };
}

test('150 receivers that hang occupy everything they may, and the others’ statuses are delivered while they do', async () => {
  const release = createDoor();
  let open = 0;
  const silent = Array.from({ length: 150 }, (_, place) =>
    createFakeDelivery(
      [1],
      async () => {
        open += 1;
        await release.pass();
        return 200;
      },
      `silent-${place}`,
    ),
  );
  const healthy = Array.from({ length: 50 }, (_, place) =>
    createFakeDelivery([1], async () => 200, `healthy-${place}`),
  );
  const ports = together([...silent, ...healthy]);
  // Patience never ends within this test.
  ports.patienceMs = 600_000;
  const workers = await createWorkerSet(ports, { ...stage.workersOn('silent'), maxCachedWorkflows: 500 });

  const areDelivered = (fakes: readonly FakeDelivery[]) => (): boolean =>
    fakes.every(({ statuses }) => statuses.every(({ state }) => state === 'delivered'));

  // No workflow's result is awaited here: that would skip time, to the end of all patience.
  await workers.runUntil(async () => {
    try {
      for (const fake of silent) await stage.startOn('silent', fake, [1]);
      await until('all 150 requests are open', () => open === silent.length);
      for (const fake of healthy) await stage.startOn('silent', fake, [1]);
      await until('the healthy ones are delivered', areDelivered(healthy));
      expect(silent.map(({ statuses: [status] }) => status?.state)).toEqual(silent.map(() => 'pending'));
    } finally {
      release.open();
    }
    await until('the silent ones are delivered', areDelivered(silent));
  });

  for (const { statuses } of [...silent, ...healthy])
    expect(statuses.map(({ state, attempts }) => [state, attempts.length])).toEqual([['delivered', 1]]);
}, 240_000);
