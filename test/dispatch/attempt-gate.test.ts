import { jest } from '@jest/globals';
import fc from 'fast-check';
import { createAttemptGate } from '../../src/dispatch/attempt-gate.ts';
import type { GatedCallback } from '../../src/ports/index.ts';
import { holdTheClock } from './fake-dispatch.ts';

const never = new AbortController().signal;
const callback = (changes: Partial<GatedCallback> = {}): GatedCallback => ({
  receiverId: 'c',
  maxInFlight: 2,
  ratePerSecond: null,
  ...changes,
});
const turn = (): Promise<void> => new Promise(setImmediate);

afterEach(() => jest.useRealTimers());

test('lets in as many as the callback allows, and the next when one has left', () => {
  const gate = createAttemptGate();
  const first = gate.enter(callback());
  expect(gate.enter(callback())).not.toBeNull();
  expect(gate.enter(callback())).toBeNull();
  first?.();
  first?.();
  expect(gate.enter(callback())).not.toBeNull();
  expect(gate.enter(callback())).toBeNull();
});

test('a callback that is full keeps no other out', () => {
  const gate = createAttemptGate();
  gate.enter(callback({ maxInFlight: 1 }));
  expect(gate.enter(callback({ maxInFlight: 1 }))).toBeNull();
  expect(gate.enter(callback({ receiverId: 'other' }))).not.toBeNull();
});

test('whoever waits is let in in turn, before anyone who comes later', async () => {
  const gate = createAttemptGate();
  const one = callback({ maxInFlight: 1 });
  const leave = gate.enter(one);
  const entered: string[] = [];
  const leaves: (() => void)[] = [];
  for (const name of ['a', 'b'])
    void gate.wait(one, never).then((own) => {
      entered.push(name);
      if (own) leaves.push(own);
    });
  await turn();
  expect(entered).toEqual([]);
  expect(gate.load('c')).toBe(3);
  leave?.();
  expect(gate.enter(one)).toBeNull();
  await turn();
  expect(entered).toEqual(['a']);
  leaves[0]?.();
  await turn();
  expect(entered).toEqual(['a', 'b']);
});

test('a line that is full turns away, and one who waits for too long or is stopped leaves it', async () => {
  holdTheClock();
  const gate = createAttemptGate({ longestWaitMs: 1000 });
  const one = callback({ maxInFlight: 1 });
  gate.enter(one);
  const stop = new AbortController();
  const stopped = gate.wait(one, stop.signal);
  const waiting = [1, 2, 3].map(() => gate.wait(one, never));
  expect(await gate.wait(one, never)).toBeNull();
  stop.abort();
  expect(await stopped).toBeNull();
  expect(gate.load('c')).toBe(4);
  jest.advanceTimersByTime(1000);
  expect(await Promise.all(waiting)).toEqual([null, null, null]);
  expect(gate.load('c')).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});

test('attempts begin no faster than the rate, whoever asks', async () => {
  holdTheClock();
  const gate = createAttemptGate();
  const slow = callback({ maxInFlight: 100, ratePerSecond: 2 });
  expect(gate.enter(slow)).not.toBeNull();
  expect(gate.enter(slow)).toBeNull();
  let entered = 0;
  for (let count = 0; count < 4; count += 1) void gate.wait(slow, never).then(() => (entered += 1));
  for (const expected of [1, 2, 3, 4]) {
    jest.advanceTimersByTime(500);
    await turn();
    expect(entered).toBe(expected);
  }
});

test('with other processes alive each has its share, and never less than one', () => {
  const gate = createAttemptGate();
  gate.setProcesses(3);
  expect([16, 3, 2, 1].map((maxInFlight) => gate.share({ maxInFlight }))).toEqual([6, 1, 1, 1]);
});

test('a receiver that was slow counts as slow for a minute after the last time', () => {
  holdTheClock();
  const gate = createAttemptGate();
  expect(gate.isSlow('c')).toBe(false);
  gate.noteSlow('c');
  jest.advanceTimersByTime(59_000);
  gate.noteSlow('c');
  jest.advanceTimersByTime(59_000);
  expect(gate.isSlow('c')).toBe(true);
  expect(gate.isSlow('other')).toBe(false);
  jest.advanceTimersByTime(1_000);
  expect(gate.isSlow('c')).toBe(false);
});

test('whatever comes and goes, nobody is let in beyond the limit and everybody who may is', async () => {
  const step = fc.constantFrom('enter', 'wait', 'leave');
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, max) => {
        const gate = createAttemptGate();
        const own = callback({ maxInFlight: max });
        const inside: (() => void)[] = [];
        let waiting = 0;
        for (const each of steps) {
          if (each === 'leave') inside.shift()?.();
          else if (each === 'enter') {
            const leave = gate.enter(own);
            if (leave) inside.push(leave);
          } else {
            waiting += 1;
            void gate.wait(own, never).then((leave) => {
              waiting -= 1;
              if (leave) inside.push(leave);
            });
          }
          await turn();
          expect(inside.length).toBeLessThanOrEqual(max);
          expect(gate.load('c')).toBe(inside.length + waiting);
          if (waiting > 0) expect(inside).toHaveLength(max);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('the fewer places are free, the fewer one receiver has: however many receivers hang, one that comes later finds some', () => {
  const gate = createAttemptGate({ mostAttempts: 100 });
  const greedy = (receiverId: string): number => {
    let entered = 0;
    while (gate.enter(callback({ receiverId, maxInFlight: 1000 }))) entered += 1;
    return entered;
  };
  expect(greedy('a')).toBeLessThan(50);
  const hanging = Array.from({ length: 20 }, (_, place) => greedy(`hanging-${place}`));
  expect(Math.min(...hanging)).toBeGreaterThan(0);
  expect(greedy('healthy')).toBeGreaterThan(0);
});

test('who waits for a place of the process is let in when another receiver gives one back', async () => {
  const gate = createAttemptGate({ mostAttempts: 2 });
  const enter = (receiverId: string) => gate.enter(callback({ receiverId, maxInFlight: 1000 }));
  const leaves = [enter('a'), enter('b')];
  expect(leaves).not.toContain(null);
  let entered = 0;
  void gate.wait(callback({ receiverId: 'd', maxInFlight: 1000 }), never).then(() => (entered += 1));
  await turn();
  expect(entered).toBe(0);
  leaves[0]?.();
  await turn();
  expect(entered).toBe(1);
});

test('the lines of all receivers together are bounded, and are shorter the fewer places are left', async () => {
  const gate = createAttemptGate({ mostInLine: 8 });
  const lines = ['a', 'b', 'c'].map((receiverId) => {
    const one = callback({ receiverId, maxInFlight: 2 });
    while (gate.enter(one));
    for (let count = 0; count < 20; count += 1) void gate.wait(one, never);
    return gate.load(receiverId) - 2;
  });
  expect(lines).toEqual([2, 1, 1]);
});
