/** How often and how patiently one status is tried: `attempts` in total, the first at once. */
export type RetryPolicy = { attempts: number; intervalSeconds: number; timeoutSeconds: number };

/** "every 5 minutes, up to a maximum of 5 times" (GOV.UK Notify), with Dispatch's 120 seconds for one attempt. */
export const defaultRetryPolicy: RetryPolicy = { attempts: 5, intervalSeconds: 300, timeoutSeconds: 120 };

/** What a failed attempt leads to. `attemptsMade` counts it. */
export type NextTry = { kind: 'again'; waitSeconds: number; attemptsLeft: number } | { kind: 'exhausted' };

export function nextTry(policy: RetryPolicy, attemptsMade: number): NextTry {
  const attemptsLeft = policy.attempts - attemptsMade;
  return attemptsLeft > 0
    ? { kind: 'again', waitSeconds: policy.intervalSeconds, attemptsLeft }
    : { kind: 'exhausted' };
}
