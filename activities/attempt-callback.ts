import { executeAttempt, type AttemptPorts, type AttemptReport } from '../src/delivery/execute-attempt.ts';
import {
  loadDueDelivery,
  isDue,
  type AttemptEnd,
  type DueDelivery,
  type StatusKey,
} from '../src/delivery/load-due-delivery.ts';
import { planFirst, planLater, toResult, type RetryPlan } from '../src/delivery/retry-plan.ts';

/** An attempt that is still under way, in the process that takes activities from `taskQueue`. */
export type OpenAttempt = { kind: 'open'; taskQueue: string; timeoutSeconds: number };

export type FirstAttemptResult = AttemptEnd | RetryPlan | OpenAttempt;

/**
 * The first attempt of a status, as a local activity. A receiver's failure is an answer, not an error: the workflow
 * goes on with `retryCallback`. It throws only when we could not find out or could not write down what happened.
 * A local activity holds its workflow task, so nobody waits here for a slow receiver, nor for one that is busy enough.
 */
export function createAttemptCallback(ports: AttemptPorts) {
  return async function attemptCallback(key: StatusKey): Promise<FirstAttemptResult> {
    try {
      const found = await loadDueDelivery(ports, key);
      if (found.kind !== 'open') return found;
      return isDue(found) ? await tryAtOnce(ports, key, found) : planLater(found);
    } finally {
      ports.attempted(key.notificationId);
    }
  };
}

async function tryAtOnce(
  ports: AttemptPorts,
  key: StatusKey,
  open: DueDelivery,
): Promise<FirstAttemptResult> {
  const { callback } = open;
  // A workflow task that timed out is done again, by this process or another: here the attempt is joined, not repeated.
  const attempt = ports.inFlightAttempts.underWay(key) ?? beginAttempt(ports, key, open);
  if (!attempt) return planFirst(open);
  const held = await ports.heldAttempts.wait(attempt, ports.patienceMs);
  if (held.kind === 'ended') return toResult(held.report);
  // One that was crowded out may have been here for a moment only, which says nothing of its receiver.
  if (held.kind === 'patienceOver') ports.gate.markSlow(callback.receiverId);
  return { kind: 'open', taskQueue: ports.ownTaskQueue, timeoutSeconds: callback.policy.timeoutSeconds };
}

/** Null when the receiver is slow, or has as many attempts as it allows. */
function beginAttempt(ports: AttemptPorts, key: StatusKey, open: DueDelivery): Promise<AttemptReport> | null {
  const { gate, inFlightAttempts } = ports;
  const leave = gate.isSlow(open.callback.receiverId) ? null : gate.tryAcquire(open.callback);
  if (!leave) return null;
  return inFlightAttempts.begin(key, (signal) =>
    executeAttempt(ports, open, signal).finally(() => {
      leave();
      ports.attempted(key.notificationId);
    }),
  );
}
