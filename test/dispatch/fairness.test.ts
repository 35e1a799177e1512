// One callback's backlog is its own affair: the others have their turn, their places and their part of the memory.
import { jest } from '@jest/globals';
import { anEntry, createTestDispatcher, holdTheClock, takeAll, turn } from './fake-dispatch.ts';

afterEach(() => jest.useRealTimers());

const of = (callbackId: string, notificationId: string, maxInFlight = 1000) =>
  anEntry(notificationId, 1, { callbackId, maxInFlight });

/** A gate under which each callback has as many attempts under way as the test says. */
function createFakeGate() {
  const load = new Map<string, number>();
  return {
    load: (callbackId: string) => load.get(callbackId) ?? 0,
    share: ({ maxInFlight }: { maxInFlight: number }) => maxInFlight,
    set: (callbackId: string, count: number) => load.set(callbackId, count),
  };
}

const told = ({ calls }: ReturnType<typeof createTestDispatcher>['temporal']) =>
  calls.map(({ entries }) => entries[0]?.notificationId);

test('the callbacks take turns, however many wait for one of them', async () => {
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 1 });
  await dispatcher.start();
  dispatcher.take(['a1', 'a2', 'a3', 'a4'].map((id) => of('a', id)));
  dispatcher.take([of('b', 'b1'), of('b', 'b2'), of('c', 'c1')]);
  await takeAll(temporal);
  // The second of the first callback was next in turn before anybody else came.
  expect(told(temporal)).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  await dispatcher.stop();
});

test('a callback whose places are taken waits, and keeps no other from its own', async () => {
  const gate = createFakeGate();
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 10, gate });
  await dispatcher.start();
  gate.set('hanging', 2);
  dispatcher.take([of('hanging', 'h1', 2), of('hanging', 'h2', 2), of('healthy', 'g1')]);
  expect(told(temporal)).toEqual(['g1']);

  gate.set('hanging', 1);
  dispatcher.attempted('h0');
  expect(told(temporal)).toEqual(['g1', 'h1']);
  await takeAll(temporal);
  await dispatcher.stop();
});

test('what was told and has not begun yet counts as well, and once it has begun it is the gate’s to count', async () => {
  const gate = createFakeGate();
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 10, gate });
  await dispatcher.start();
  dispatcher.take(['h1', 'h2', 'h3'].map((id) => of('hanging', id, 2)));
  expect(told(temporal)).toEqual(['h1', 'h2']);
  for (const call of temporal.open()) await call.take('started');
  expect(told(temporal)).toEqual(['h1', 'h2']);

  gate.set('hanging', 1);
  dispatcher.attempting('h1');
  await turn();
  expect(told(temporal)).toEqual(['h1', 'h2']);
  gate.set('hanging', 0);
  dispatcher.attempted('h1');
  await turn();
  expect(told(temporal)).toEqual(['h1', 'h2', 'h3']);
  await takeAll(temporal);
  dispatcher.attempted('h2');
  await dispatcher.stop();
});

test('one callback’s backlog leaves room for what others wait for in the database', async () => {
  const gate = createFakeGate();
  gate.set('hanging', 1000);
  const { dispatcher, temporal, store } = createTestDispatcher({
    ...{ gate, maxInMemoryPerReceiver: 3, claimPerReceiver: 3 },
  });
  await dispatcher.start();
  dispatcher.take(['h1', 'h2'].map((id) => of('hanging', id)));
  expect(dispatcher.isFull('hanging')).toBe(false);
  dispatcher.take([of('hanging', 'h3')]);
  expect(dispatcher.isFull('hanging')).toBe(true);
  expect(dispatcher.isFull('healthy')).toBe(false);

  store.offered.push(of('hanging', 'h4'), of('healthy', 'g1'));
  dispatcher.nudge();
  await turn();
  expect(told(temporal)).toEqual(['g1']);
  expect(store.offered.map(({ notificationId }) => notificationId)).toEqual(['h4']);
  await takeAll(temporal);
  await dispatcher.stop();
});

test('a callback that had enough in memory is given nothing until little of that is left', async () => {
  const { dispatcher, temporal } = createTestDispatcher({
    ...{ maxInFlight: 1, maxInMemoryPerReceiver: 4, claimPerReceiver: 4 },
  });
  await dispatcher.start();
  dispatcher.take(['a1', 'a2', 'a3'].map((id) => of('a', id)));
  expect(dispatcher.isFull('a')).toBe(false);
  dispatcher.take([of('a', 'a4')]);
  const wasFull = [dispatcher.isFull('a')];
  for (let left = 3; left >= 0; left -= 1) {
    await temporal.open()[0]?.take();
    wasFull.push(dispatcher.isFull('a'));
  }
  expect(wasFull).toEqual([true, true, true, false, false]);
  await dispatcher.stop();
});

test('hears at each beat how many processes share the work', async () => {
  const heard: number[] = [];
  const { dispatcher } = createTestDispatcher({ onProcesses: (count) => heard.push(count) });
  await dispatcher.start();
  expect(heard).toEqual([1]);
  await dispatcher.stop();
});

const startAndBegin = async (
  { dispatcher, temporal }: ReturnType<typeof createTestDispatcher>,
  ids: readonly string[],
): Promise<void> => {
  for (const call of temporal.open()) await call.take('started');
  for (const id of ids) dispatcher.attempting(id);
  await turn();
};

test('a start whose request is open at the receiver occupies no start slot: no clock has to move for the others', async () => {
  holdTheClock();
  const test = createTestDispatcher({ maxInFlight: 3 });
  const { dispatcher, temporal } = test;
  await dispatcher.start();
  const silent = ['h1', 'h2', 'h3'];
  dispatcher.take(silent.map((id) => of(id, id)));
  dispatcher.take([of('healthy', 'g1')]);
  expect(told(temporal)).toEqual(silent);
  await startAndBegin(test, silent);
  expect(told(temporal)).toEqual([...silent, 'g1']);
  await takeAll(temporal);
  for (const id of silent) dispatcher.attempted(id);
  await dispatcher.stop();
});

test('while callers wait, one silent receiver does not hold the only start slot', async () => {
  holdTheClock();
  const test = createTestDispatcher({ maxInFlight: 3, pressedFrom: 1, maxInFlightWhenPressed: 1 });
  const { dispatcher, temporal } = test;
  await dispatcher.start();
  dispatcher.waiting(8);
  dispatcher.take([of('silent', 'h1'), of('healthy', 'g1')]);
  expect(told(temporal)).toEqual(['h1']);
  await startAndBegin(test, ['h1']);
  expect(told(temporal)).toEqual(['h1', 'g1']);
  await takeAll(temporal);
  dispatcher.attempted('h1');
  await dispatcher.stop();
});

test('a start occupies its slot again from the answer until it is recorded', async () => {
  holdTheClock();
  const test = createTestDispatcher({ maxInFlight: 2 });
  const { dispatcher, temporal } = test;
  await dispatcher.start();
  dispatcher.take(['a', 'b'].map((id) => of(id, id)));
  await startAndBegin(test, ['a', 'b']);
  dispatcher.answered('a');
  dispatcher.answered('b');
  dispatcher.take([of('c', 'c')]);
  expect(told(temporal)).toEqual(['a', 'b']);
  dispatcher.attempted('a');
  await turn();
  expect(told(temporal)).toEqual(['a', 'b', 'c']);
  await takeAll(temporal);
  dispatcher.attempted('b');
  await dispatcher.stop();
});

test('the callback with the fewest attempts open comes first, however long the others have been in the queue', async () => {
  const gate = createFakeGate();
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 1, gate });
  await dispatcher.start();
  const silent = Array.from({ length: 5 }, (_, place) => `s${place}`);
  for (const id of silent) gate.set(id, 2);
  dispatcher.take([of('busy', 'first'), ...silent.map((id) => of(id, id)), of('healthy', 'g1')]);
  await takeAll(temporal);
  expect(told(temporal)).toEqual(['first', 'g1', ...silent]);
  await dispatcher.stop();
});
