import { createDoor } from '../support/door.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { pause, until } from '../support/until.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

test('a workflow with two events at the same time goes on in another process, whichever of their first attempts ended first', async () => {
  // Of one event two statuses, of the other one: its first attempt ends later, and finds the receiver busy.
  const fake = createFakeDelivery([1, 2, 3], async () => 200);
  const other = fake.statuses[2];
  if (other) other.event = 'message_sent';
  const { deliveries, gate } = fake.ports;
  const load = deliveries.load.bind(deliveries);
  const send = fake.ports.sender.send.bind(fake.ports.sender);
  const door = createDoor();
  let isBusy = false;
  deliveries.load = async (id, sequence) => {
    if (sequence === 3) await door.pass();
    isBusy = sequence === 3;
    return load(id, sequence);
  };
  fake.ports.sender.send = async (request, signal) => {
    const exchange = await send(request, signal);
    door.open();
    return exchange;
  };
  fake.ports.gate = {
    ...gate,
    tryAcquire: (callback) => (isBusy ? null : gate.tryAcquire(callback)),
    wait: async () => null,
  };

  const first = await stage.createWorker(fake);
  const handle = await first.runUntil(async () => {
    const started = await stage.start(fake, [1, 2, 3]);
    await until('the second status is told of', () => fake.statuses[1]?.state === 'delivered');
    await until('the other is to be tried as an activity', async () => {
      const { pendingActivities } = (await started.describe()).raw;
      return (pendingActivities?.length ?? 0) > 0;
    });
    return started;
  });
  fake.forgetProcess();
  const second = await stage.createWorker(fake);
  await second.runUntil(async () => {
    await Promise.race([
      handle.result(),
      pause(20_000).then(() => Promise.reject(new Error('the workflow does not go on'))),
    ]);
  });
  expect(fake.statuses.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
}, 60_000);
