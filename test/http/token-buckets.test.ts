import { clientAddress } from '../../src/http/limits/client-address.ts';
import { createTokenBuckets } from '../../src/http/limits/token-buckets.ts';

const limit = { perSecond: 2, burst: 3 };

function aLimiter(maxKeys = 10) {
  let clock = 0;
  const buckets = createTokenBuckets({ maxKeys, nowMs: () => clock });
  const takeMany = (key: string, times: number): number =>
    Array.from({ length: times }, () => buckets.take(key, limit)).filter((wait) => wait === 0).length;
  return { buckets, takeMany, wait: (ms: number) => void (clock += ms) };
}

describe('Token buckets', () => {
  it('give a burst at once, then what the rate allows', () => {
    const { takeMany, wait } = aLimiter();
    expect(takeMany('a', 10)).toBe(3);
    wait(1000);
    expect(takeMany('a', 10)).toBe(2);
    wait(3_600_000);
    expect(takeMany('a', 10)).toBe(3);
  });

  it('say in how many seconds there will be another token, and are right', () => {
    const { buckets, takeMany, wait } = aLimiter();
    takeMany('a', 3);
    expect(buckets.take('a', limit)).toBeCloseTo(0.5);
    expect(buckets.peek('a', limit)).toBeCloseTo(0.5);
    wait(500);
    expect(buckets.peek('a', limit)).toBe(0);
    expect(buckets.take('a', limit)).toBe(0);
  });

  it('of one key leave the others alone', () => {
    const { takeMany } = aLimiter();
    takeMany('a', 10);
    expect(takeMany('b', 10)).toBe(3);
  });

  it('stay few with 100,000 keys, and remember the one that goes on', () => {
    const { buckets, takeMany } = aLimiter(1000);
    takeMany('flooder', 3);
    for (let index = 0; index < 100_000; index += 1) {
      buckets.take(`address ${index}`, limit);
      if (index % 500 === 0) expect(buckets.take('flooder', limit)).toBeGreaterThan(0);
    }
    expect(buckets.size).toBe(1000);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff', true],
  ['2001:DB8:0:1::1', '2001:db8:0:1::2', true],
  ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
  ['fe80::1%eth0', 'fe80::2%eth0', true],
  ['', 'unknown', false],
])('%s and %s count as one caller: %s', (one, other, isSame) => {
  expect(clientAddress(one) === clientAddress(other)).toBe(isSame);
});
