export type Expectation = {
  /** Resolves when the key was met, was forgotten, or patience ran out; never rejects. */
  ended: Promise<void>;
  forget(): void;
};

/** Waits, by key, for something that usually happens soon in this process and may happen elsewhere or never. */
export function createExpectations(patienceMs: number) {
  const open = new Map<string, () => void>();
  return {
    expect(key: string): Expectation {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        const timer = setTimeout(() => end(), patienceMs);
        end = () => {
          clearTimeout(timer);
          if (open.get(key) === end) open.delete(key);
          resolve();
        };
      });
      open.set(key, end);
      return { ended, forget: end };
    },
    met: (key: string): void => open.get(key)?.(),
  };
}
