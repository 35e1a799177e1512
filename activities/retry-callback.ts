import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { AttemptEnd, StatusKey } from './find-open-job.ts';
import { makeAttempt, type ActivityPorts } from './make-attempt.ts';

// Far below the heartbeat timeout that the workflow gives; an exchange that is answered sooner sends none.
const heartbeatMs = 10_000;

/**
 * Every attempt after the first, as a regular activity whose failures Temporal's own retry policy repeats. Throws
 * `DELIVERY_FAILED` while the receiver fails, with its reason in words and never its answer.
 */
export function createRetryCallback(ports: ActivityPorts) {
  return async function retryCallback(key: StatusKey): Promise<AttemptEnd> {
    const context = Context.current();
    const beating = setInterval(() => context.heartbeat(), heartbeatMs);
    try {
      const report = await makeAttempt(ports, key, context.cancellationSignal);
      if (report.kind !== 'failed') return report;
      throw ApplicationFailure.create({
        type: 'DELIVERY_FAILED',
        message: report.error,
        // A receiver that fails is this activity's daily bread, not a fault to log and count as ours.
        category: ApplicationFailureCategory.BENIGN,
        nonRetryable: report.next.kind === 'exhausted',
        // The policy may have been changed since the first attempt, or the receiver have asked for a longer wait;
        // Temporal holds the policy of then.
        ...(report.next.kind === 'again' && {
          nextRetryDelay: `${report.outcome === 'cancelled' ? 1 : report.next.waitSeconds} seconds`,
        }),
      });
    } finally {
      clearInterval(beating);
    }
  };
}
