import { createPacer } from '../../src/http/limits/pacer.ts';

test('refusals come in their turn, the first at once and the others no faster than the pace', async () => {
  const pacer = createPacer({ perSecond: 100, maxWaiting: 50 });
  const startedAt = performance.now();
  const times = await Promise.all(
    Array.from({ length: 11 }, async () => {
      await pacer.turn();
      return performance.now() - startedAt;
    }),
  );
  expect(times).toEqual([...times].sort((one, other) => one - other));
  // Timers may come late, and a millisecond early.
  expect(times.at(-1)).toBeGreaterThan(98);
});

test('no more than so many wait, and all of those are answered', async () => {
  const pacer = createPacer({ perSecond: 50, maxWaiting: 5 });
  const turns = await Promise.all(Array.from({ length: 100 }, () => pacer.turn()));
  expect(turns.filter(Boolean).length).toBe(6);
  expect(await pacer.turn()).toBe(true);
});
