import { nextTry } from '../src/domain/retry-policy.ts';
import { toRetryPlan, type AttemptResult } from './attempt-callback.ts';
import { findOpenJob, type StatusKey } from './find-open-job.ts';
import type { ActivityPorts } from './make-attempt.ts';

/**
 * Says what is left to do for a status after tries whose end is not known to the workflow: a worker that died, a
 * database that was away. The attempts that are recorded count, not the tries Temporal made; when they are used up the
 * status is marked as failed.
 */
export function createSettleStatus({ deliveries }: Pick<ActivityPorts, 'deliveries'>) {
  return async function settleStatus(key: StatusKey): Promise<AttemptResult> {
    const found = await findOpenJob(deliveries, key);
    if (found.kind !== 'open') return found;
    const { job, callback } = found;
    const next = nextTry(callback.policy, job.attemptsMade);
    if (next.kind === 'exhausted') {
      await deliveries.settle(key.notificationId, key.sequence, 'failed', 'All attempts were used up.');
      return { kind: 'settled', state: 'failed' };
    }
    // Nothing recorded means that nothing is known to have reached the receiver: no reason to wait.
    const waitSeconds = job.attemptsMade === 0 ? 0 : next.waitSeconds;
    return toRetryPlan(callback.policy, { ...next, waitSeconds });
  };
}
