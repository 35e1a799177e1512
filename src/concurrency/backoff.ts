/** One doubling wait for a whole dispatcher: what makes one call fail is almost always away for all of them. */
export function createBackoff({ firstMs, maxMs }: { firstMs: number; maxMs: number }) {
  let waitMs = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    isHealthy: () => waitMs === 0,
    isWaiting: () => timer !== undefined,
    succeeded: () => {
      waitMs = 0;
    },
    /** Starts or lengthens the wait, calls `again` at its end and returns its milliseconds. */
    failed: (again: () => void): number => {
      if (timer) return waitMs;
      waitMs = waitMs === 0 ? firstMs : Math.min(waitMs * 2, maxMs);
      timer = setTimeout(() => {
        timer = undefined;
        again();
      }, waitMs);
      return waitMs;
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
