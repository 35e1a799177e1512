// How often each of very many keys may do something: token buckets, of which the longest unused are forgotten. A bucket
// that is full is as good as none, so forgetting costs nothing until more keys are active at once than are kept.

export type Limit = { perSecond: number; burst: number };

export interface TokenBuckets {
  /** Takes a token of a key: 0, or in how many seconds there will be one, and then none was taken. */
  take(key: string, limit: Limit): number;
  /** The same without taking. */
  peek(key: string, limit: Limit): number;
  readonly size: number;
}

type Bucket = { tokens: number; atMs: number };

/** `nowMs` is a clock that never goes back. */
export function createTokenBuckets({
  maxKeys,
  nowMs,
}: {
  maxKeys: number;
  nowMs: () => number;
}): TokenBuckets {
  // In the order of their last use.
  const buckets = new Map<string, Bucket>();

  const tokensOf = (bucket: Bucket | undefined, { perSecond, burst }: Limit, now: number): number =>
    bucket ? Math.min(burst, bucket.tokens + ((now - bucket.atMs) / 1000) * perSecond) : burst;
  const waitFor = (tokens: number, { perSecond }: Limit): number =>
    tokens >= 1 ? 0 : (1 - tokens) / perSecond;

  return {
    take(key, limit) {
      const now = nowMs();
      const tokens = tokensOf(buckets.get(key), limit, now);
      const wait = waitFor(tokens, limit);
      buckets.delete(key);
      buckets.set(key, { tokens: wait === 0 ? tokens - 1 : tokens, atMs: now });
      if (buckets.size > maxKeys) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return wait;
    },
    peek: (key, limit) => waitFor(tokensOf(buckets.get(key), limit, nowMs()), limit),
    get size() {
      return buckets.size;
    },
  };
}
