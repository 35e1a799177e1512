import { progressQuery, statusSignal } from '../../workflows/messages.ts';
import { createDoor } from '../support/door.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { expectWaits } from '../support/matchers.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

test('five attempts that each fail at once happen at 0, 300, 600, 900 and 1200 seconds, and none after', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1], async ({ sequence }) => {
    await diary.note(sequence);
    return 500;
  });

  await stage.runToEnd(fake, [1]);
  await stage.env.sleep('2 hours');

  expectWaits(diary.seconds(), [0, 300, 600, 900, 1200]);
  expect(fake.statuses[0]).toMatchObject({ state: 'failed' });
}, 60_000);

test('the wait is counted from the end of the attempt before, however long that took', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    if (number === 2) await stage.env.sleep('20 seconds');
    return number === 3 ? 200 : 500;
  });

  await stage.runToEnd(fake, [1]);

  expectWaits(diary.seconds(), [0, 300, 620]);
}, 60_000);

test('Retry-After lengthens the one wait it was sent with, after the first attempt and after a later one', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    if (number === 1) return { status: 503, retryAfter: '1000' };
    if (number === 2) return { status: 429, retryAfter: '600' };
    return number === 3 ? { status: 503, retryAfter: '10' } : 200;
  });

  await stage.runToEnd(fake, [1]);

  expectWaits(diary.seconds(), [0, 1000, 1600, 1900]);
}, 60_000);

test('a success on the last try is a success, and disables nothing', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => (number === 5 ? 204 : 503));

  await stage.runToEnd(fake, [1]);

  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(fake.statuses[0]?.attempts).toHaveLength(5);
  expect(fake.consequences).toEqual([]);
}, 60_000);

test('statuses are attempted in sequence, and one that fails for good has those behind it held', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
    await diary.note(sequence);
    return sequence === 2 ? 500 : 200;
  });

  await stage.runToEnd(fake, [1, 2, 3]);

  expect(diary.sequences()).toEqual([1, 2, 2, 2, 2, 2]);
  expect(fake.statuses.map(({ state }) => state)).toEqual(['delivered', 'failed', 'held']);
}, 60_000);

test('what goes to one callback does not wait for what goes to another', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
    await diary.note(sequence);
    return sequence === 1 && fake.statuses[0]?.attempts.length !== 1 ? 500 : 200;
  });
  for (const status of fake.statuses) if (status.sequence === 2) status.event = 'complaint';

  await stage.runToEnd(fake, [1, 2, 3]);

  // Which of two attempts of the same moment begins first is nobody's promise.
  const toOtherCallback = diary.sequences().indexOf(2);
  expect(diary.seconds()[toOtherCallback]).toBeLessThan(5);
  expect(diary.sequences().toSpliced(toOtherCallback, 1)).toEqual([1, 1, 3]);
  expectWaits(diary.seconds().toSpliced(toOtherCallback, 1), [0, 300, 300]);
}, 60_000);

test('a late status starts a new run under the same workflow id', async () => {
  const fake = createFakeDelivery([1], async () => 200);
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const first = await stage.start(fake, [1]);
    await first.result();
    fake.add(2);
    const second = await stage.signalWithStart(fake, 2);
    await second.result();
    expect(second.signaledRunId).not.toBe(first.firstExecutionRunId);
  });

  expect(fake.statuses.map(({ state, attempts }) => [state, attempts.length])).toEqual([
    ['delivered', 1],
    ['delivered', 1],
  ]);
}, 60_000);

test('a signal that overtakes another waits for it', async () => {
  const diary = stage.createDiary();
  const door = createDoor();
  const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
    if (sequence === 1) await door.pass();
    await diary.note(sequence);
    return 200;
  });
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1]);
    await door.arrived;
    await handle.signal(statusSignal, fake.message(3));
    await handle.signal(statusSignal, fake.message(2));
    door.open();
    await handle.result();
  });

  expect(diary.sequences()).toEqual([1, 2, 3]);
}, 60_000);

test('a status whose earlier one has not been signalled at all brings that one along, before itself', async () => {
  const diary = stage.createDiary();
  const fake = createFakeDelivery([1, 2], async ({ sequence }) => {
    await diary.note(sequence);
    return 200;
  });

  await stage.runToEnd(fake, [2]);

  expect(diary.sequences()).toEqual([1, 2]);
}, 60_000);

test('a repeated signal changes nothing, during a run and after it', async () => {
  const door = createDoor();
  const fake = createFakeDelivery([1], async () => {
    await door.pass();
    return 200;
  });
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1]);
    await door.arrived;
    await handle.signal(statusSignal, fake.message(1));
    door.open();
    await handle.result();
    const again = await stage.start(fake, [1]);
    await again.result();
  });

  expect(fake.statuses[0]?.attempts).toHaveLength(1);
}, 60_000);

test('what is told of again after it was finished is looked at again, and not sent twice', async () => {
  const door = createDoor();
  const fake = createFakeDelivery([1, 2], async ({ sequence }) => {
    if (sequence === 2) await door.pass();
    return 200;
  });
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1, 2]);
    await door.arrived;
    await handle.signal(statusSignal, fake.message(1));
    door.open();
    await handle.result();
  });

  expect(fake.statuses.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
}, 60_000);

test('the progress query tells what is being delivered, what waits and what is done', async () => {
  const door = createDoor();
  const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
    if (sequence === 2) await door.pass();
    return 200;
  });
  const worker = await stage.createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await stage.start(fake, [1, 2, 3]);
    await door.arrived;
    door.open();
    await handle.result();
    expect(await handle.query(progressQuery)).toEqual({ delivering: [], waiting: [], finished: [1, 2, 3] });
  });
}, 60_000);
