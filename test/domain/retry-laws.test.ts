import fc from 'fast-check';
import { judgeExchange, type Exchange } from '../../src/domain/delivery/attempt.ts';
import { nextTry } from '../../src/domain/delivery/retry-policy.ts';
import { govukNotify } from '../../src/profiles/govuk-notify.ts';

const policy = fc.record({
  attempts: fc.integer({ min: 1, max: 50 }),
  intervalSeconds: fc.integer({ min: 1, max: 86_400 }),
  timeoutSeconds: fc.integer({ min: 1, max: 120 }),
});

const answered = (status: number): Exchange => ({
  startedAt: '2026-06-15T11:30:00.000000Z',
  durationMs: 1,
  failure: null,
  response: { status, headers: {}, body: new Uint8Array(), truncated: false },
});

test('a status whose receiver always fails is tried exactly as often as its policy says', () => {
  fc.assert(
    fc.property(policy, (given) => {
      let made = 1;
      while (nextTry(given, made).kind === 'again') made += 1;
      expect(made).toBe(given.attempts);
    }),
  );
});

test('what is made and what is left always add up, and the wait is always the interval', () => {
  fc.assert(
    fc.property(policy, fc.nat(60), (given, made) => {
      const next = nextTry(given, made);
      expect(next).toEqual(
        made < given.attempts
          ? { kind: 'again', waitSeconds: given.intervalSeconds, attemptsLeft: given.attempts - made }
          : { kind: 'exhausted' },
      );
    }),
  );
});

test('exactly the 2xx answers are a delivery, and everything else says what came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
      const { outcome, error } = judgeExchange(answered(status), govukNotify.isSuccess);
      const isDelivery = status >= 200 && status <= 299;
      expect(outcome).toBe(isDelivery ? 'delivered' : 'http_status');
      if (isDelivery) expect(error).toBeNull();
      else expect(error).toContain(`answered ${status}`);
    }),
  );
});

test('a redirect is told as one that is not followed', () => {
  expect(judgeExchange(answered(302), govukNotify.isSuccess).error).toBe(
    'The receiver answered 302; redirects are not followed.',
  );
});

test('an answer that broke off is the failure it is, even when its status was 200', () => {
  const failure = { outcome: 'timeout', reason: 'No complete answer within 120 seconds.' } as const;
  expect(judgeExchange({ ...answered(200), failure }, govukNotify.isSuccess)).toEqual({
    outcome: 'timeout',
    error: failure.reason,
  });
});
