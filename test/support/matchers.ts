// Jest types its matchers as any, which the linter rightly distrusts.
export const anyText: unknown = expect.any(String);
export const textWith = (part: string): unknown => expect.stringContaining(part);
export const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/**
 * Expects what happened at `actual` seconds to have waited as long as `expected` says, from one to the next: never less, and
 * no more than what a busy machine takes in between, since skipped time goes on while it works.
 */
export function expectWaits(actual: readonly number[], expected: readonly number[]): void {
  const waits = (seconds: readonly number[]) =>
    seconds.slice(1).map((second, place) => second - (seconds[place] ?? 0));
  const allowed = waits(expected);
  const isInTime = (wait: number, place: number): boolean => {
    const late = wait - (allowed[place] ?? 0);
    return late >= 0 && late < 5;
  };
  expect(actual).toHaveLength(expected.length);
  expect(waits(actual).map((wait, place) => (isInTime(wait, place) ? allowed[place] : wait))).toEqual(
    allowed,
  );
}
