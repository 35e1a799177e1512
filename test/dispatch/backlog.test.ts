// What this process does not have in memory: left in the database, lost on the way here, or a backlog nobody has begun.
import { jest } from '@jest/globals';
import { anEntry, createTestDispatcher, holdTheClock, owner, takeAll, turn } from './fake-dispatch.ts';

afterEach(() => jest.useRealTimers());

test('what does not fit in memory is left to any process, and fetched when there is room again', async () => {
  const { dispatcher, temporal, store } = createTestDispatcher({ maxInMemory: 2, maxInFlight: 1 });
  await dispatcher.start();
  expect(dispatcher.owner()).toBe(owner);
  dispatcher.take([anEntry('a'), anEntry('b')]);
  expect(dispatcher.owner()).toBeNull();
  store.offered.push(anEntry('c'));
  dispatcher.nudge();
  await turn();
  expect(store.offered).toHaveLength(1);

  await takeAll(temporal);
  expect(dispatcher.owner()).toBe(owner);
  dispatcher.nudge();
  await turn();
  await takeAll(temporal);
  expect(temporal.calls.map(({ entries }) => entries[0]?.notificationId)).toEqual(['a', 'b', 'c']);
  await dispatcher.stop();
});

test('entries that could not be deleted are told again rather than forgotten', async () => {
  holdTheClock();
  const { dispatcher, temporal, store } = createTestDispatcher({ beatSeconds: 1 });
  await dispatcher.start();
  store.mine.push(anEntry('a'));
  dispatcher.take([anEntry('a')]);
  store.isAway = true;
  await temporal.open()[0]?.take();
  store.isAway = false;
  await jest.advanceTimersByTimeAsync(1000);
  expect(temporal.open()).toHaveLength(1);
  await takeAll(temporal);
  expect(store.finished).toEqual(['a/1']);
  await dispatcher.stop();
});

test('what is deleted while the database is read for lost entries is not told again', async () => {
  holdTheClock();
  const { dispatcher, temporal, store } = createTestDispatcher({ beatSeconds: 1 });
  await dispatcher.start();
  store.mine.push(anEntry('a'));
  dispatcher.take([anEntry('a')]);

  const seen = [...store.mine];
  let answer: () => void = () => undefined;
  store.queue.owned = () => new Promise((resolve) => (answer = () => resolve(seen)));
  await jest.advanceTimersByTimeAsync(1000);
  await takeAll(temporal);
  expect(store.finished).toEqual(['a/1']);
  answer();
  await turn();
  expect(temporal.open()).toEqual([]);

  store.queue.owned = () => Promise.resolve([anEntry('a', 1, { round: 1 })]);
  await jest.advanceTimersByTimeAsync(1000);
  expect(temporal.open()).toHaveLength(1);
  await takeAll(temporal);
  await dispatcher.stop();
});

test('with much in memory it looks for lost entries now and then only, because most of what it reads it has', async () => {
  holdTheClock();
  const often = { beatSeconds: 1, fewInMemory: 0, beatsPerComparison: 3 };
  const { dispatcher, temporal, store } = createTestDispatcher(often);
  await dispatcher.start();
  dispatcher.take([anEntry('a')]);
  store.mine.push(anEntry('a'), anEntry('lost'));
  await jest.advanceTimersByTimeAsync(1000);
  expect(temporal.calls).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1000);
  expect(temporal.calls.map(({ entries }) => entries[0]?.notificationId)).toEqual(['a', 'lost']);
  await takeAll(temporal);
  await dispatcher.stop();
});

test('takes over a little of a backlog at a time, and more before all of that has been told', async () => {
  const { dispatcher, temporal, store } = createTestDispatcher({ maxInFlight: 1, claimPerReceiver: 4 });
  store.offered.push(...Array.from({ length: 10 }, (_, n) => anEntry(`n${n}`)));
  await dispatcher.start();
  expect(store.offered).toHaveLength(6);
  await temporal.open()[0]?.take();
  await temporal.open()[0]?.take();
  expect(store.offered).toHaveLength(6);
  await temporal.open()[0]?.take();
  expect(store.offered).toHaveLength(2);
  await takeAll(temporal);
  expect(store.finished).toHaveLength(10);
  await dispatcher.stop();
});
