type Waiting<T, R> = { item: T; resolve: (result: R) => void; reject: (cause: unknown) => void };

/**
 * Lets many callers share one commit. A first caller is served at once; those who come while `commit` runs form the
 * next group, so that the groups grow exactly when the database is busy. With `spacingMs` they also grow when callers
 * are many: two groups begin that far apart, unless the second is full, so a caller waits that long at most, and a lone
 * one not at all. `commit` answers in the order of its items; when it throws, every caller of that group gets the error.
 */
export function createGroupCommit<T, R>(options: {
  commit: (items: T[]) => Promise<R[]>;
  maxItems: number;
  maxInFlight: number;
  spacingMs?: number;
}): (item: T) => Promise<R> {
  const { spacingMs = 0 } = options;
  let waiting: Waiting<T, R>[] = [];
  let inFlight = 0;
  let nextStartMs = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Whether a next group has to wait; it then looks again by itself. */
  const mustWait = (): boolean => {
    const waitMs = nextStartMs - performance.now();
    if (waitMs <= 0 || waiting.length >= options.maxItems) return false;
    timer ??= setTimeout(() => {
      timer = undefined;
      flush();
    }, waitMs);
    return true;
  };

  const flush = (): void => {
    while (inFlight < options.maxInFlight && waiting.length > 0) {
      if (spacingMs > 0 && mustWait()) return;
      nextStartMs = performance.now() + spacingMs;
      const group = waiting.slice(0, options.maxItems);
      waiting = waiting.slice(options.maxItems);
      inFlight += 1;
      void commitGroup(group).finally(() => {
        inFlight -= 1;
        flush();
      });
    }
  };

  const commitGroup = async (group: Waiting<T, R>[]): Promise<void> => {
    try {
      const results = await options.commit(group.map(({ item }) => item));
      group.forEach(({ resolve, reject }, place) => {
        const result = results[place];
        if (result === undefined) reject(new Error('the group commit left an item without an answer'));
        else resolve(result);
      });
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
  };

  return (item) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // After the current turn, so that callers of one turn share a group.
      if (inFlight < options.maxInFlight) queueMicrotask(flush);
    });
}
