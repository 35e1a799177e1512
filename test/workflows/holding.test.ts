import { createFakeDelivery } from '../support/fake-delivery.ts';
import { expectWaits } from '../support/matchers.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

const statesOf = ({ statuses }: ReturnType<typeof createFakeDelivery>) => statuses.map(({ state }) => state);

test('the last failure of a status disables its communication, once, with what happened', async () => {
  const fake = createFakeDelivery([1], async () => 503);

  await stage.runToEnd(fake, [1]);

  expect(fake.consequences).toEqual([
    {
      kind: 'disable',
      callbackId: 'c',
      reason: `Status 1 of notification ${fake.notificationId} was tried 5 times without success. The receiver answered 503.`,
    },
  ]);
}, 60_000);

test('a 410 disables at once: no second attempt is made', async () => {
  const fake = createFakeDelivery([1, 2], async () => 410);

  await stage.runToEnd(fake, [1, 2]);

  expect(fake.statuses[0]?.attempts).toHaveLength(1);
  expect(fake.consequences).toMatchObject([{ kind: 'disable' }]);
  expect(statesOf(fake)).toEqual(['failed', 'held']);
}, 60_000);

test('a 410 to a later attempt disables at that one', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => (number === 2 ? 410 : 500));

  await stage.runToEnd(fake, [1]);

  expect(fake.statuses[0]?.attempts).toHaveLength(2);
  expect(statesOf(fake)).toEqual(['failed']);
}, 60_000);

test('a callback that asks for it is warned about when a status has failed that often, and only then', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => (number === 4 ? 200 : 500));
  fake.warnAfterAttempts = 2;

  await stage.runToEnd(fake, [1]);

  expect(fake.consequences).toEqual([
    {
      kind: 'warn',
      callbackId: 'c',
      reason: `Status 1 of notification ${fake.notificationId} has failed 2 times and is tried again. The receiver answered 500.`,
    },
  ]);
}, 60_000);

test('a retry that finds its communication disabled is held, and so is what waits behind it', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1, 2], async ({ sequence }) => {
    await diary.note(sequence);
    if (fake.statuses[0]?.attempts.length === 1) fake.isDisabled = true;
    return 500;
  });

  await stage.runToEnd(fake, [1, 2]);

  expectWaits(diary.seconds(), [0, 300]);
  expect(statesOf(fake)).toEqual(['held', 'held']);
  expect(fake.consequences).toEqual([]);
}, 60_000);

test('what was held is delivered in order when it is told of again, before what came since', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1, 2], async ({ sequence }) => {
    await diary.note(sequence);
    return 200;
  });
  fake.isDisabled = true;
  await stage.runToEnd(fake, [1, 2]);
  expect(statesOf(fake)).toEqual(['held', 'held']);

  fake.add(3);
  fake.isDisabled = false;
  // Only the newest is told of: the others are still in the list of what is held.
  await stage.runToEnd(fake, [3]);

  expect(diary.sequences()).toEqual([1, 2, 3]);
  expect(statesOf(fake)).toEqual(['delivered', 'delivered', 'delivered']);
}, 60_000);

test('a status that is released has all its tries again', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => {
    if (number === 3) fake.isDisabled = true;
    return number === 8 ? 200 : 500;
  });
  await stage.runToEnd(fake, [1]);
  expect(statesOf(fake)).toEqual(['held']);

  fake.enable();
  await stage.runToEnd(fake, [1]);

  expect(statesOf(fake)).toEqual(['delivered']);
  expect(fake.statuses[0]?.attempts).toHaveLength(8);
}, 60_000);
