import { isSettled } from '../src/domain/callback-state.ts';
import { nextTry } from '../src/domain/retry-policy.ts';
import { toRetryPlan, type AttemptResult } from './attempt-callback.ts';
import type { ActivityPorts, StatusKey } from './make-attempt.ts';

/**
 * Says what is left to do for a status after tries whose end is not known to the workflow: a worker that died, a
 * database that was away. The attempts that are recorded count, not the tries Temporal made; when they are used up the
 * status is marked as failed.
 */
export function createSettleStatus({ deliveries }: Pick<ActivityPorts, 'deliveries'>) {
  return async function settleStatus({ notificationId, sequence }: StatusKey): Promise<AttemptResult> {
    const job = await deliveries.load(notificationId, sequence);
    if (!job || isSettled(job.state)) return { kind: 'settled', state: job?.state ?? 'unknown' };
    if (job.earlierOpen) return { kind: 'earlierFirst', earlier: job.earlierOpen };
    if (!job.callback) {
      await deliveries.settle(
        notificationId,
        sequence,
        'skipped',
        'The callback was removed before delivery.',
      );
      return { kind: 'settled', state: 'skipped' };
    }
    const next = nextTry(job.callback.policy, job.attemptsMade);
    if (next.kind === 'exhausted') {
      await deliveries.settle(notificationId, sequence, 'failed', 'All attempts were used up.');
      return { kind: 'settled', state: 'failed' };
    }
    // Nothing recorded means that nothing is known to have reached the receiver: no reason to wait.
    const waitSeconds = job.attemptsMade === 0 ? 0 : next.waitSeconds;
    return toRetryPlan(job.callback.policy, { ...next, waitSeconds });
  };
}
