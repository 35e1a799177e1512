// A receiver that takes its time: what holds a workflow task, what goes on by itself, and what happens to it meanwhile.
import { createDoor } from '../support/door.ts';
import { createFakeDelivery, type FakeDelivery } from '../support/fake-delivery.ts';
import { until } from '../support/until.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

const eventTypes = async (fake: FakeDelivery) => {
  const handle = stage.env.client.workflow.getHandle(`notification/${fake.notificationId}`);
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.activityType?.name] : [],
  );
};

test('an exchange that is open when patience is over goes on, and its end is the status’s: one attempt, not two', async () => {
  const door = createDoor();
  const fake = createFakeDelivery([1, 2], async ({ sequence }) => {
    if (sequence === 1) await door.pass();
    return 200;
  });
  fake.ports.patienceMs = 50;
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1, 2]);
    await door.arrived;
    await until('somebody waits for it', async () => (await eventTypes(fake)).includes('awaitAttempt'));
    door.open();
    await handle.result();
  });

  expect(fake.statuses.map(({ state, attempts }) => [state, attempts.length])).toEqual([
    ['delivered', 1],
    ['delivered', 1],
  ]);
}, 60_000);

test('an exchange that fails after patience is over is tried again on the schedule', async () => {
  const door = createDoor();
  const fake = createFakeDelivery([1], async ({ number }) => {
    if (number === 1) await door.pass();
    return number === 3 ? 200 : 503;
  });
  fake.ports.patienceMs = 50;
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1]);
    await until('somebody waits for it', async () => (await eventTypes(fake)).includes('awaitAttempt'));
    door.open();
    await handle.result();
  });

  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(fake.statuses[0]?.attempts).toHaveLength(3);
}, 60_000);

test('when the process that has the exchange open is gone, one attempt is made in its place', async () => {
  let asked = 0;
  const lost = createDoor();
  const fake = createFakeDelivery([1], async () => {
    asked += 1;
    if (asked === 1) await lost.pass();
    return 200;
  });
  fake.ports.patienceMs = 50;
  const before = await stage.createWorker(fake);
  const handle = await before.runUntil(async () => {
    const started = await stage.start(fake, [1]);
    await lost.arrived;
    // Its queue is polled no more, as that of a process that was killed.
    await until('somebody would wait for it', async () => (await eventTypes(fake)).length > 0);
    return started;
  });

  fake.forgetProcess();
  const after = await stage.createWorker(fake);
  await after.runUntil(() => handle.result());

  expect(asked).toBe(2);
  expect(fake.statuses[0]?.attempts).toHaveLength(1);
  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
}, 90_000);

test('to a receiver that was slow just now, even the first attempt is made where waiting costs nobody anything', async () => {
  const fake = createFakeDelivery([1], async () => 200);
  fake.ports.gate.noteSlow('c');

  await stage.runToEnd(fake, [1]);

  expect(await eventTypes(fake)).toEqual(['retryCallback']);
  expect(fake.statuses[0]?.attempts).toHaveLength(1);
}, 60_000);

test('a timeout makes a receiver slow, an answer does not', async () => {
  const timing = createFakeDelivery([1], async ({ number }) => (number === 1 ? 'timeout' : 200));
  await stage.runToEnd(timing, [1]);
  expect(timing.ports.gate.isSlow('c')).toBe(true);

  const failing = createFakeDelivery([1], async ({ number }) => (number === 1 ? 500 : 200));
  await stage.runToEnd(failing, [1]);
  expect(failing.ports.gate.isSlow('c')).toBe(false);
}, 60_000);

test('a receiver that has as many attempts as it allows is tried when one has ended, on the other queue', async () => {
  const fake = createFakeDelivery([1], async () => 200);
  const full = { receiverId: 'c', maxInFlight: 16, ratePerSecond: null };
  const leaves = Array.from({ length: 16 }, () => fake.ports.gate.enter(full));
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1]);
    await until('it stands in line', () => fake.ports.gate.load('c') === 17);
    expect(fake.statuses[0]?.attempts).toHaveLength(0);
    leaves[0]?.();
    await handle.result();
  });

  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(await eventTypes(fake)).toEqual(['retryCallback']);
}, 60_000);

test('where even the line is full nothing is tried or counted, and it is delivered in the end', async () => {
  const fake = createFakeDelivery([1], async () => 200);
  const full = { receiverId: 'c', maxInFlight: 16, ratePerSecond: null };
  const leaves = Array.from({ length: 16 }, () => fake.ports.gate.enter(full));
  const stop = new AbortController();
  const line = Array.from({ length: 64 }, () => fake.ports.gate.wait(full, stop.signal));
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1]);
    await stage.env.sleep('5 minutes');
    expect(fake.statuses[0]?.attempts).toHaveLength(0);
    stop.abort();
    await Promise.all(line);
    for (const leave of leaves) leave?.();
    await handle.result();
  });

  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(fake.statuses[0]?.attempts).toHaveLength(1);
}, 60_000);
