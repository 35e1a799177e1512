import fc from 'fast-check';
import { jest } from '@jest/globals';
import { anEntry, createTestDispatcher, holdTheClock, takeAll, turn } from './fake-dispatch.ts';

afterEach(() => jest.useRealTimers());

test('tells of what it is given at once, and then forgets it in the queue', async () => {
  const { dispatcher, temporal, store } = createTestDispatcher();
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a')]);
  expect(temporal.calls.map(({ entries }) => entries)).toEqual([[anEntry('a')]]);
  expect(store.finished).toEqual([]);
  await temporal.calls[0]?.take();
  expect(store.finished).toEqual(['a/1']);
  await dispatcher.stop();
});

test('never has more in flight than its bound', async () => {
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 3 });
  await dispatcher.start();
  dispatcher.enqueue(['a', 'b', 'c', 'd', 'e'].map((id) => anEntry(id)));
  expect(temporal.open()).toHaveLength(3);
  await temporal.open()[0]?.take();
  expect(temporal.open()).toHaveLength(3);
  await takeAll(temporal);
  expect(temporal.calls).toHaveLength(5);
  await dispatcher.stop();
});

test('tells each notification one call at a time, in sequence, and everything once', async () => {
  const step = fc.oneof(
    fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ end: fc.nat({ max: 5 }), how: fc.constantFrom('started', 'signalled', 'attempted') }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, maxInFlight) => {
        const { dispatcher, temporal, store } = createTestDispatcher({ maxInFlight });
        await dispatcher.start();
        const given = new Map<string, number>();
        for (const each of steps) {
          const open = temporal.open();
          if ('id' in each) {
            const sequence = (given.get(each.id) ?? 0) + 1;
            given.set(each.id, sequence);
            const entry = anEntry(each.id, sequence);
            store.mine.push(entry);
            dispatcher.enqueue([entry]);
          } else if (each.how === 'attempted') {
            for (const id of given.keys()) dispatcher.attempted(id);
            await turn();
          } else {
            await open[each.end % Math.max(open.length, 1)]?.take(each.how);
          }
          const busy = temporal.open().map(({ entries }) => entries[0]?.notificationId);
          expect(new Set(busy).size).toBe(busy.length);
          expect(busy.length).toBeLessThanOrEqual(maxInFlight);
        }
        for (const id of given.keys()) dispatcher.attempted(id);
        await turn();
        await takeAll(temporal);

        for (const [id, last] of given) {
          const told = temporal.calls
            .flatMap(({ entries }) => entries)
            .filter((entry) => entry.notificationId === id);
          expect(told.map(({ sequence }) => sequence)).toEqual(
            Array.from({ length: last }, (_, index) => index + 1),
          );
        }
        expect(store.mine).toEqual([]);
        await dispatcher.stop();
      },
    ),
    { numRuns: 60 },
  );
});

test('a lower sequence that comes while a higher one is being told is told next, and both are forgotten', async () => {
  const { dispatcher, temporal, store } = createTestDispatcher();
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a', 2)]);
  dispatcher.enqueue([anEntry('a', 3)]);
  dispatcher.enqueue([anEntry('a', 1)]);
  expect(temporal.calls).toHaveLength(1);
  await takeAll(temporal);
  expect(temporal.calls.map(({ entries }) => entries.map(({ sequence }) => sequence))).toEqual([[2], [1, 3]]);
  expect(store.finished.sort()).toEqual(['a/1', 'a/2', 'a/3']);
  await dispatcher.stop();
});

test('an entry that it has already is not taken a second time', async () => {
  const { dispatcher, temporal } = createTestDispatcher();
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a'), anEntry('a')]);
  dispatcher.enqueue([anEntry('a')]);
  await takeAll(temporal);
  expect(temporal.calls.map(({ entries }) => entries)).toEqual([[anEntry('a')]]);
  await dispatcher.stop();
});

test('while Temporal is away one call at a time asks for it, ever more slowly, and nothing is lost', async () => {
  holdTheClock();
  const { dispatcher, temporal, store, warnings } = createTestDispatcher();
  await dispatcher.start();
  const entries = ['a', 'b', 'c', 'd', 'e'].map((id) => anEntry(id));
  store.mine.push(...entries);
  dispatcher.enqueue(entries);
  for (const call of temporal.open()) await call.beAway();
  expect(temporal.open()).toHaveLength(0);

  for (const waitMs of [200, 400, 800, 1600, 3200, 5000, 5000]) {
    jest.advanceTimersByTime(waitMs - 1);
    expect(temporal.open()).toHaveLength(0);
    jest.advanceTimersByTime(1);
    expect(temporal.open()).toHaveLength(1);
    await temporal.open()[0]?.beAway();
  }
  expect(warnings.length).toBeGreaterThan(0);
  expect(store.mine).toEqual(entries);

  jest.advanceTimersByTime(5000);
  await temporal.open()[0]?.take();
  expect(temporal.open()).toHaveLength(3);
  await takeAll(temporal);
  expect(store.finished.sort()).toEqual(['a/1', 'b/1', 'c/1', 'd/1', 'e/1']);
  await dispatcher.stop();
});

test('a notification that Temporal refuses by itself rests, and holds up no other', async () => {
  holdTheClock();
  const { dispatcher, temporal, store } = createTestDispatcher({ maxInFlight: 1 });
  await dispatcher.start();
  store.mine.push(anEntry('bad'), anEntry('good'));
  dispatcher.enqueue([anEntry('bad'), anEntry('good')]);

  await temporal.open()[0]?.refuse();
  expect(temporal.open().map(({ entries }) => entries)).toEqual([[anEntry('good')]]);
  await temporal.open()[0]?.take();
  expect(temporal.open()).toHaveLength(0);

  jest.advanceTimersByTime(30_000);
  expect(temporal.open().map(({ entries }) => entries)).toEqual([[anEntry('bad')]]);
  await temporal.open()[0]?.take();
  expect(store.finished).toEqual(['good/1', 'bad/1']);
  await dispatcher.stop();
});

test('stopping lets what is in flight end, starts nothing more and gives the rest back', async () => {
  const { dispatcher, temporal, store } = createTestDispatcher({ maxInFlight: 1 });
  await dispatcher.start();
  store.offered.push(anEntry('a'), anEntry('b'));
  dispatcher.wake();
  await turn();

  const stopped = dispatcher.stop();
  expect(dispatcher.owner()).toBeNull();
  expect(store.resigned).toBe(false);
  await temporal.open()[0]?.take();
  await stopped;

  expect(store.resigned).toBe(true);
  expect(temporal.calls).toHaveLength(1);
  expect(store.finished).toEqual(['a/1']);
  expect(store.offered).toEqual([anEntry('b')]);
});

test('stopping while Temporal is away leaves no timer behind that would keep the process alive', async () => {
  holdTheClock();
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 1 });
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a')]);
  const stopped = dispatcher.stop();
  await temporal.open()[0]?.beAway();
  await jest.advanceTimersByTimeAsync(100);
  await stopped;
  expect(jest.getTimerCount()).toBe(0);
});

test('a start keeps its place until its first attempt has ended; a signal gives it back at once', async () => {
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 1 });
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a'), anEntry('b'), anEntry('c')]);
  await temporal.open()[0]?.take('started');
  expect(temporal.calls).toHaveLength(1);

  dispatcher.attempted('a');
  await turn();
  expect(temporal.calls).toHaveLength(2);
  await temporal.open()[0]?.take('signalled');
  expect(temporal.calls).toHaveLength(3);
  await takeAll(temporal);
  await dispatcher.stop();
});

test('a start whose attempt ends elsewhere gives its place back when patience is over', async () => {
  holdTheClock();
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 1, patienceMs: 500 });
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a'), anEntry('b')]);
  await temporal.open()[0]?.take('started');
  jest.advanceTimersByTime(499);
  await turn();
  expect(temporal.calls).toHaveLength(1);
  jest.advanceTimersByTime(1);
  await turn();
  expect(temporal.calls).toHaveLength(2);
  await takeAll(temporal);
  await dispatcher.stop();
});

test('an attempt that ends before Temporal has answered the start holds no place', async () => {
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 1 });
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a'), anEntry('b')]);
  dispatcher.attempted('a');
  await temporal.open()[0]?.take('started');
  expect(temporal.calls).toHaveLength(2);
  await takeAll(temporal);
  await dispatcher.stop();
});

test('a later status of a notification is told while the first attempt of its start still runs', async () => {
  const { dispatcher, temporal } = createTestDispatcher({ maxInFlight: 2 });
  await dispatcher.start();
  dispatcher.enqueue([anEntry('a', 1)]);
  await temporal.open()[0]?.take('started');
  dispatcher.enqueue([anEntry('a', 2)]);
  expect(temporal.open().map(({ entries }) => entries)).toEqual([[anEntry('a', 2)]]);
  await takeAll(temporal);
  dispatcher.attempted('a');
  await dispatcher.stop();
});

test('a database that is away for a sweep is asked again at the next', async () => {
  holdTheClock();
  const { dispatcher, temporal, store, warnings } = createTestDispatcher({ beatSeconds: 1 });
  store.isAway = true;
  await dispatcher.start();
  store.offered.push(anEntry('a'));
  await jest.advanceTimersByTimeAsync(1000);
  expect(warnings).toHaveLength(2);
  store.isAway = false;
  await jest.advanceTimersByTimeAsync(1000);
  expect(temporal.open()).toHaveLength(1);
  await takeAll(temporal);
  await dispatcher.stop();
});
