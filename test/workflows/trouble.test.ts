import { createFakeDelivery } from '../support/fake-delivery.ts';
import { expectWaits } from '../support/matchers.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

test('a worker that ends between two attempts changes neither their number nor their times', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    return number === 4 ? 200 : 500;
  });
  const before = await stage.createWorker(fake);
  const handle = await before.runUntil(async () => {
    const started = await stage.start(fake, [1]);
    while (fake.statuses[0]?.attempts.length !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await stage.env.sleep('100 seconds');
    return started;
  });

  const after = await stage.createWorker(fake);
  await after.runUntil(() => handle.result());

  expectWaits(diary.seconds(), [0, 300, 600, 900]);
}, 60_000);

test('while the database is away nothing is counted and nothing is given up', async () => {
  const fake = createFakeDelivery([1], async () => 200);
  fake.isDatabaseAway = true;
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1]);
    await stage.env.sleep('1 hour');
    fake.isDatabaseAway = false;
    await handle.result();
  });

  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(fake.statuses[0]?.attempts).toHaveLength(1);
}, 60_000);

test('tries that Temporal counted but nobody recorded are made up for', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => {
    if (number === 2 && crashes-- > 0) throw new Error('the worker died here');
    return number === 5 ? 200 : 500;
  });
  let crashes = 3;

  await stage.runToEnd(fake, [1]);

  expect(fake.statuses[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
    'http_status',
    'http_status',
    'http_status',
    'http_status',
    'delivered',
  ]);
}, 60_000);

test('an attempt that our own shutdown cut short is not one of the customer’s', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => (number === 2 ? 'cancelled' : 500));

  await stage.runToEnd(fake, [1]);

  expect(fake.statuses[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
    'http_status',
    'cancelled',
    'http_status',
    'http_status',
    'http_status',
    'http_status',
  ]);
}, 60_000);

test('a policy that is changed between two attempts holds from the next one on', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    if (number === 1) fake.policy = { attempts: 3, intervalSeconds: 60, timeoutSeconds: 120 };
    return 500;
  });

  await stage.runToEnd(fake, [1]);

  expectWaits(diary.seconds(), [0, 300, 360]);
}, 60_000);
