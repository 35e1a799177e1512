export type Expectation = {
  /** Resolves when the key was met, was forgotten, or patience ran out; never rejects. */
  ended: Promise<void>;
  forget(): void;
};

/** Waits, by key, for something that usually happens soon in this process and may happen elsewhere or never. */
export function createPendingByKey(patienceMs: number) {
  const open = new Map<string, Set<() => void>>();
  return {
    expect(key: string): Expectation {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        const timer = setTimeout(() => end(), patienceMs);
        end = () => {
          clearTimeout(timer);
          const own = open.get(key);
          if (own?.delete(end) && own.size === 0) open.delete(key);
          resolve();
        };
      });
      open.set(key, (open.get(key) ?? new Set()).add(end));
      return { ended, forget: end };
    },
    met: (key: string): void => {
      for (const end of [...(open.get(key) ?? [])]) end();
    },
  };
}
