// Refusals in their turn. Callers that wait for one answer before they send the next request are slowed down to the pace,
// which costs a timer each; there is no cheaper way to keep them from taking the thread from everybody else.

export interface Pacer {
  /** Resolves in its turn: true, or at once false when too many wait already. */
  turn(): Promise<boolean>;
}

export function createPacer({ perSecond, maxWaiting }: { perSecond: number; maxWaiting: number }): Pacer {
  const gapMs = 1000 / perSecond;
  let nextAtMs = 0;
  let waiting = 0;
  return {
    async turn() {
      if (waiting >= maxWaiting) return false;
      const now = performance.now();
      nextAtMs = Math.max(nextAtMs + gapMs, now);
      const waitMs = nextAtMs - now;
      if (waitMs < 1) return true;
      waiting += 1;
      // A process that stops does not wait for callers that were refused.
      await new Promise<void>((resolve) => setTimeout(resolve, waitMs).unref());
      waiting -= 1;
      return true;
    },
  };
}
