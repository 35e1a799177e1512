import { nextTry } from '../src/domain/retry-policy.ts';
import { findOpenJob, type OpenJobPorts, type StatusKey } from './find-open-job.ts';
import { toRetryPlan, type AttemptResult } from './retry-plan.ts';

/**
 * Says what is left to do for a status after tries whose end is not known to the workflow: a worker that died, a
 * database that was away. The attempts that are recorded count, not the tries Temporal made; when they are used up the
 * status is marked as failed, with all that follows from it.
 */
export function createSettleStatus(ports: OpenJobPorts) {
  return async function settleStatus(key: StatusKey): Promise<AttemptResult> {
    return settle(ports, key);
  };
}

export async function settle(ports: OpenJobPorts, key: StatusKey): Promise<AttemptResult> {
  const found = await findOpenJob(ports, key);
  if (found.kind !== 'open') return found;
  const { job, callback } = found;
  const next = nextTry(callback.policy, job.attemptsMade);
  if (next.kind === 'exhausted') {
    const { notificationId, sequence } = key;
    const reason = `Status ${sequence} of notification ${notificationId} has used up all its attempts.`;
    await ports.deliveries.fail(notificationId, sequence, {
      kind: 'disable',
      callbackId: callback.id,
      reason,
    });
    return { kind: 'settled', state: 'failed' };
  }
  // What is due already, or of which nothing is known to have reached the receiver, has no reason to wait.
  return toRetryPlan(callback.policy, { ...next, waitSeconds: job.dueInSeconds }, job.ownFailures > 0);
}
