/** Whether something of ours still answers anybody. */
export type Liveness = {
  /** It has just answered. */
  answered(): void;
  /** Whether it has answered since `sinceMs` (of performance.now), or does when it is asked now. */
  isAlive(sinceMs: number): Promise<boolean>;
};

/** All who want to know at the same moment share one `probe`. */
export function createLiveness(probe: () => Promise<boolean>): Liveness {
  let answeredMs = -Infinity;
  let probing: Promise<boolean> | null = null;
  const ask = async (): Promise<boolean> => {
    const isAlive = await probe().catch(() => false);
    if (isAlive) answeredMs = performance.now();
    return isAlive;
  };
  return {
    answered: () => {
      answeredMs = performance.now();
    },
    isAlive(sinceMs) {
      if (answeredMs >= sinceMs) return Promise.resolve(true);
      probing ??= ask().finally(() => {
        probing = null;
      });
      return probing;
    },
  };
}
