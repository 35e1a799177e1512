import { Context } from '@temporalio/activity';
import type { RetryPolicy } from '../src/domain/retry-policy.ts';
import type { AttemptEnd, StatusKey } from './find-open-job.ts';
import { makeAttempt, type ActivityPorts } from './make-attempt.ts';

/** What is left to try, and how: the numbers of a regular activity's retry policy. */
export type RetryPlan = {
  kind: 'retry';
  waitSeconds: number;
  attemptsLeft: number;
  intervalSeconds: number;
  timeoutSeconds: number;
};

export type AttemptResult = AttemptEnd | RetryPlan;

/**
 * The first attempt of a status, as a local activity. A receiver's failure is an answer, not an error: the workflow
 * goes on with `retryCallback`. It throws only when we could not find out or could not write down what happened.
 */
export function createAttemptCallback(ports: ActivityPorts) {
  return async function attemptCallback(key: StatusKey): Promise<AttemptResult> {
    const report = await makeAttempt(ports, key, Context.current().cancellationSignal);
    if (report.kind !== 'failed') return report;
    const { next, policy } = report;
    return next.kind === 'again' ? toRetryPlan(policy, next) : { kind: 'settled', state: 'failed' };
  };
}

export function toRetryPlan(
  policy: RetryPolicy,
  next: { waitSeconds: number; attemptsLeft: number },
): RetryPlan {
  return {
    kind: 'retry',
    waitSeconds: next.waitSeconds,
    attemptsLeft: next.attemptsLeft,
    intervalSeconds: policy.intervalSeconds,
    timeoutSeconds: policy.timeoutSeconds,
  };
}
