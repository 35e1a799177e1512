// Our own way out of the network is away: nobody pays for it, and everything is delivered when it is back.
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { expectWaits } from '../support/matchers.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('for hours: it is tried again ever more seldom, at the latest every minute, and then delivered', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    return number <= 130 ? 'egress_error' : 200;
  });
  const worker = await stage.createWorker(fake);
  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1]);
    await handle.result();
    // It does not grow with the failures.
    expect((await handle.describe()).historyLength).toBeLessThan(30);
  });

  const [status] = fake.statuses;
  expect(status).toMatchObject({ state: 'delivered' });
  expect(status?.attempts.map(({ outcome }) => outcome)).toEqual([
    ...times(130, 'egress_error' as const),
    'delivered',
  ]);
  expect(fake.consequences).toEqual([]);
  expectWaits(diary.seconds().slice(0, 9), [0, 1, 3, 7, 15, 31, 63, 123, 183]);
}, 120_000);

test('no attempt of the customer’s is used up by it, wherever it comes between them', async () => {
  const fake = createFakeDelivery([1], async ({ number }) =>
    number >= 2 && number <= 8 ? 'egress_error' : 500,
  );
  await stage.runToEnd(fake, [1]);

  expect(fake.statuses[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
    'http_status',
    ...times(7, 'egress_error' as const),
    ...times(4, 'http_status' as const),
  ]);
  expect(fake.consequences.map(({ kind }) => kind)).toEqual(['disable']);
}, 60_000);

test('where one attempt is all there is, it is still there afterwards', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => (number <= 10 ? 'egress_error' : 200));
  fake.policy = { attempts: 1, intervalSeconds: 300, timeoutSeconds: 120 };
  await stage.runToEnd(fake, [1]);
  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(fake.consequences).toEqual([]);
}, 60_000);

test.each(['egress_error', 'cancelled'] as const)(
  'an attempt that is %s warns nobody a second time, nor disables where the policy has become shorter',
  async (outcome) => {
    const fake = createFakeDelivery([1], async ({ number }) => {
      if (number === 2) fake.policy = { attempts: 1, intervalSeconds: 300, timeoutSeconds: 120 };
      return [500, outcome, 200][number - 1] ?? 200;
    });
    fake.warnAfterAttempts = 1;
    await stage.runToEnd(fake, [1]);
    expect(fake.consequences.map(({ kind }) => kind)).toEqual(['warn']);
    expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  },
  60_000,
);
