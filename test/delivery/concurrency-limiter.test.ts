import { jest } from '@jest/globals';
import fc from 'fast-check';
import { createConcurrencyLimiter } from '../../src/delivery/concurrency-limiter.ts';
import type { GatedCallback } from '../../src/ports/index.ts';
import { holdTheClock } from '../dispatch/fake-dispatch.ts';

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
  const gate = createConcurrencyLimiter();
  const first = gate.tryAcquire(callback());
  expect(gate.tryAcquire(callback())).not.toBeNull();
  expect(gate.tryAcquire(callback())).toBeNull();
  first?.();
  first?.();
  expect(gate.tryAcquire(callback())).not.toBeNull();
  expect(gate.tryAcquire(callback())).toBeNull();
});

test('a callback that is full keeps no other out', () => {
  const gate = createConcurrencyLimiter();
  gate.tryAcquire(callback({ maxInFlight: 1 }));
  expect(gate.tryAcquire(callback({ maxInFlight: 1 }))).toBeNull();
  expect(gate.tryAcquire(callback({ receiverId: 'other' }))).not.toBeNull();
});

test('whoever waits is let in in turn, before anyone who comes later', async () => {
  const gate = createConcurrencyLimiter();
  const one = callback({ maxInFlight: 1 });
  const leave = gate.tryAcquire(one);
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
  expect(gate.tryAcquire(one)).toBeNull();
  await turn();
  expect(entered).toEqual(['a']);
  leaves[0]?.();
  await turn();
  expect(entered).toEqual(['a', 'b']);
});

test('a line that is full turns away, and one who waits for too long or is stopped leaves it', async () => {
  holdTheClock();
  const gate = createConcurrencyLimiter({ longestWaitMs: 1000 });
  const one = callback({ maxInFlight: 1 });
  gate.tryAcquire(one);
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
  const gate = createConcurrencyLimiter();
  const slow = callback({ maxInFlight: 100, ratePerSecond: 2 });
  expect(gate.tryAcquire(slow)).not.toBeNull();
  expect(gate.tryAcquire(slow)).toBeNull();
  let entered = 0;
  for (let count = 0; count < 4; count += 1) void gate.wait(slow, never).then(() => (entered += 1));
  for (const expected of [1, 2, 3, 4]) {
    jest.advanceTimersByTime(500);
    await turn();
    expect(entered).toBe(expected);
  }
});

test('with other processes alive each has its share, and never less than one', () => {
  const gate = createConcurrencyLimiter();
  gate.setProcesses(3);
  expect([16, 3, 2, 1].map((maxInFlight) => gate.share({ maxInFlight }))).toEqual([6, 1, 1, 1]);
});

test('a receiver that was slow counts as slow for a minute after the last time', () => {
  holdTheClock();
  const gate = createConcurrencyLimiter();
  expect(gate.isSlow('c')).toBe(false);
  gate.markSlow('c');
  jest.advanceTimersByTime(59_000);
  gate.markSlow('c');
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
        const gate = createConcurrencyLimiter();
        const own = callback({ maxInFlight: max });
        const inside: (() => void)[] = [];
        let waiting = 0;
        for (const each of steps) {
          if (each === 'leave') inside.shift()?.();
          else if (each === 'enter') {
            const leave = gate.tryAcquire(own);
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
  const gate = createConcurrencyLimiter({ mostAttempts: 100 });
  const greedy = (receiverId: string): number => {
    let entered = 0;
    while (gate.tryAcquire(callback({ receiverId, maxInFlight: 1000 }))) entered += 1;
    return entered;
  };
  expect(greedy('a')).toBeLessThan(50);
  const hanging = Array.from({ length: 20 }, (_, place) => greedy(`hanging-${place}`));
  expect(Math.min(...hanging)).toBeGreaterThan(0);
  expect(greedy('healthy')).toBeGreaterThan(0);
});

test('who waits for a place of the process is let in when another receiver gives one back', async () => {
  const gate = createConcurrencyLimiter({ mostAttempts: 2 });
  const enter = (receiverId: string) => gate.tryAcquire(callback({ receiverId, maxInFlight: 1000 }));
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
  const gate = createConcurrencyLimiter({ mostInLine: 8 });
  const lines = ['a', 'b', 'c'].map((receiverId) => {
    const one = callback({ receiverId, maxInFlight: 2 });
    while (gate.tryAcquire(one));
    for (let count = 0; count < 20; count += 1) void gate.wait(one, never);
    return gate.load(receiverId) - 2;
  });
  expect(lines).toEqual([2, 1, 1]);
});
