/** How often and how patiently one status is tried: `attempts` in total, the first at once. */
export type RetryPolicy = { attempts: number; intervalSeconds: number; timeoutSeconds: number };

/** "every 5 minutes, up to a maximum of 5 times" (GOV.UK Notify), with Dispatch's 120 seconds for one attempt. */
export const defaultRetryPolicy: RetryPolicy = { attempts: 5, intervalSeconds: 300, timeoutSeconds: 120 };

/** What a failed attempt leads to. `attemptsMade` counts it. */
export type NextTry = { kind: 'again'; waitSeconds: number; attemptsLeft: number } | { kind: 'exhausted' };

const longestOwnWaitSeconds = 60;

/**
 * After an attempt that was broken off or kept from taking place by us: it uses up none of the customer's. `inARow` counts
 * it and those before it that our own way out kept from taking place; 0 when it was broken off.
 */
export function tryAgainAfterOurs(policy: RetryPolicy, attemptsMade: number, inARow: number): NextTry {
  return {
    kind: 'again',
    waitSeconds: Math.min(2 ** Math.max(0, inARow - 1), longestOwnWaitSeconds),
    // Also where the policy has become shorter than what was tried.
    attemptsLeft: Math.max(1, policy.attempts - attemptsMade),
  };
}

export function nextTry(policy: RetryPolicy, attemptsMade: number): NextTry {
  const attemptsLeft = policy.attempts - attemptsMade;
  return attemptsLeft > 0
    ? { kind: 'again', waitSeconds: policy.intervalSeconds, attemptsLeft }
    : { kind: 'exhausted' };
}
