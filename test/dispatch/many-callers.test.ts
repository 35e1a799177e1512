import { jest } from '@jest/globals';
import { anEntry, createTestDispatcher, holdTheClock, takeAll } from './fake-dispatch.ts';

afterEach(() => jest.useRealTimers());

test('while many callers wait for their acceptance it starts fewer, and all again a moment after the last of them', async () => {
  holdTheClock();
  const { dispatcher, temporal } = createTestDispatcher({
    ...{ maxInFlight: 3, pressedFrom: 8, maxInFlightWhenPressed: 1 },
  });
  await dispatcher.start();
  dispatcher.setPendingCallers(7);
  dispatcher.enqueue([anEntry('a')]);
  dispatcher.setPendingCallers(8);
  dispatcher.enqueue(['b', 'c', 'd'].map((id) => anEntry(id)));
  expect(temporal.open()).toHaveLength(1);

  jest.advanceTimersByTime(40);
  dispatcher.setPendingCallers(9);
  dispatcher.setPendingCallers(0);
  jest.advanceTimersByTime(40);
  expect(temporal.open()).toHaveLength(1);

  jest.advanceTimersByTime(10);
  expect(temporal.open()).toHaveLength(3);
  jest.useRealTimers();
  await takeAll(temporal);
  await dispatcher.stop();
});
