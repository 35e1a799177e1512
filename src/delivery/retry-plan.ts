import { isPrevented } from '../domain/delivery/attempt.ts';
import type { RetryPolicy } from '../domain/delivery/retry-policy.ts';
import type { AttemptReport } from './execute-attempt.ts';
import type { AttemptEnd, DueDelivery } from './load-due-delivery.ts';

/** What is left to try, and how: the numbers of a regular activity's retry policy. */
export type RetryPlan = {
  kind: 'retry';
  waitSeconds: number;
  attemptsLeft: number;
  intervalSeconds: number;
  timeoutSeconds: number;
  /** Nothing was tried here and now, and nothing is to be waited for. */
  isAtOnce?: boolean;
};

export type AttemptResult = AttemptEnd | RetryPlan;

// About a day, at the longest wait between them. Then a new activity goes on.
const triesWhilePrevented = 1_500;

/**
 * `wasPrevented` says that something of ours prevented the last one: such tries are no attempts of the customer's, so Temporal must not run
 * out of tries before them. The end of the attempts is said by the attempts themselves.
 */
export function toRetryPlan(
  policy: RetryPolicy,
  next: { waitSeconds: number; attemptsLeft: number },
  wasPrevented: boolean,
): RetryPlan {
  return {
    kind: 'retry',
    waitSeconds: next.waitSeconds,
    attemptsLeft: wasPrevented ? Math.max(next.attemptsLeft, triesWhilePrevented) : next.attemptsLeft,
    intervalSeconds: policy.intervalSeconds,
    timeoutSeconds: policy.timeoutSeconds,
  };
}

/** The first attempt, too, as a regular activity: with slots of its own, where waiting costs nobody anything. */
export function planFirst({ job, callback: { policy } }: DueDelivery): RetryPlan {
  const attemptsLeft = Math.max(1, policy.attempts - job.attemptsMade);
  return { ...toRetryPlan(policy, { waitSeconds: 0, attemptsLeft }, job.ownFailures > 0), isAtOnce: true };
}

/** What was asked for before its time is left to the activity that comes when it is due. */
export function planLater(open: DueDelivery): RetryPlan {
  return { ...planFirst(open), waitSeconds: open.job.dueInSeconds, isAtOnce: false };
}

/** What a workflow goes on with after an attempt. */
export function toResult(report: AttemptReport): AttemptResult {
  if (report.kind === 'finished') return report;
  const { next, policy, outcome } = report;
  return next.kind === 'again'
    ? toRetryPlan(policy, next, isPrevented(outcome))
    : { kind: 'finished', state: 'failed' };
}
