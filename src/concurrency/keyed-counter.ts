/** How many there are of each key; what falls to none is forgotten. */
export function createKeyedCounter() {
  const counts = new Map<string, number>();
  const of = (key: string): number => counts.get(key) ?? 0;
  return {
    of,
    add(key: string, count: number): void {
      const sum = of(key) + count;
      if (sum > 0) counts.set(key, sum);
      else counts.delete(key);
    },
    /** The keys of which there are `count` or more. */
    atLeast: (count: number): string[] => [...counts].flatMap(([key, own]) => (own >= count ? [key] : [])),
  };
}
