import type { AttemptReport } from './carry-out-attempt.ts';

/** How a wait for an open attempt ended: with its report, or before. */
type Held = { kind: 'ended'; report: AttemptReport } | { kind: 'patienceOver' | 'crowdedOut' };

export type HeldAttempts = {
  /** Waits for `attempt`, for `patienceMs` at most, and no longer than there is room. */
  wait(attempt: Promise<AttemptReport>, patienceMs: number): Promise<Held>;
};

/**
 * The first attempts that hold a workflow task while their receivers take their time. At most `most` do: one more crowds
 * out the one that has waited longest. Receivers that answer are gone long before it is their turn, so however many fall
 * silent in the same moment, the others find a free slot.
 */
export function createHeldAttempts(most: number): HeldAttempts {
  // A Set keeps the order of insertion: the first has waited longest.
  const held = new Set<() => void>();

  return {
    async wait(attempt, patienceMs) {
      let giveUp: (end: Held) => void = () => undefined;
      const gaveUp = new Promise<Held>((resolve) => (giveUp = resolve));
      const crowdOut = (): void => {
        held.delete(crowdOut);
        giveUp({ kind: 'crowdedOut' });
      };
      const timer = setTimeout(() => giveUp({ kind: 'patienceOver' }), patienceMs);
      held.add(crowdOut);
      if (held.size > most) for (const longest of [...held].slice(0, held.size - most)) longest();
      const ended = attempt.then((report): Held => ({ kind: 'ended', report }));
      try {
        return await Promise.race([ended, gaveUp]);
      } finally {
        clearTimeout(timer);
        held.delete(crowdOut);
      }
    },
  };
}
