import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { AttemptOutcome } from '../src/domain/delivery/attempt.ts';
import { executeAttempt, type AttemptPorts, type AttemptReport } from '../src/delivery/execute-attempt.ts';
import {
  loadDueDelivery,
  isDue,
  type AttemptEnd,
  type DueDelivery,
  type StatusKey,
} from '../src/delivery/load-due-delivery.ts';
import { withHeartbeat } from './with-heartbeat.ts';

const failureTypes: Partial<Record<AttemptOutcome, string>> = {
  egress_error: 'EGRESS_FAILED',
  credential_error: 'CREDENTIAL_FAILED',
};

/**
 * Every attempt after the first, and the first to a receiver that is slow or busy, as a regular activity whose failures
 * Temporal's own retry policy repeats. Throws `DELIVERY_FAILED` while the receiver fails, with its reason in words and
 * never its answer, `EGRESS_FAILED` while our own way to it does, `CREDENTIAL_FAILED` while no key decrypts what it would be
 * shown, `CROWDED` when too many wait for this receiver, and `NOT_DUE` when it is asked for before its time: then nothing was
 * tried.
 */
export function createRetryCallback(ports: AttemptPorts) {
  return async function retryCallback(key: StatusKey): Promise<AttemptEnd> {
    const { cancellationSignal } = Context.current();
    const report = await withHeartbeat(() => attempt(ports, key, cancellationSignal)).finally(() =>
      ports.attempted(key.notificationId),
    );
    if (report.kind !== 'failed') return report;
    throw ApplicationFailure.create({
      type: failureTypes[report.outcome] ?? 'DELIVERY_FAILED',
      message: report.error,
      // A receiver that fails is this activity's daily bread, not a fault to log and count as ours.
      category: ApplicationFailureCategory.BENIGN,
      nonRetryable: report.next.kind === 'exhausted',
      // The policy may have been changed since the first attempt, or the receiver have asked for a longer wait;
      // Temporal holds the policy of then.
      ...(report.next.kind === 'again' && {
        nextRetryDelay: `${report.next.waitSeconds} seconds`,
      }),
    });
  };
}

async function attempt(
  ports: AttemptPorts,
  key: StatusKey,
  signal: AbortSignal,
): Promise<AttemptEnd | AttemptReport> {
  // The workflow may have lost patience with a first attempt that this process still makes.
  const underWay = ports.inFlightAttempts.underWay(key);
  if (underWay) return underWay;
  const found = await loadDueDelivery(ports, key);
  if (found.kind !== 'open') return found;
  if (!isDue(found)) throw notDue(found);
  const leaveAtOnce = ports.gate.tryAcquire(found.callback);
  if (leaveAtOnce) return attemptOnce(ports, key, found, signal).finally(leaveAtOnce);
  const leave = await ports.gate.wait(found.callback, signal);
  if (!leave) throw crowded();
  try {
    // Read once more: the wait may have been long, and what is configured now is what counts.
    const open = await loadDueDelivery(ports, key);
    if (open.kind !== 'open') return open;
    if (!isDue(open)) throw notDue(open);
    return await attemptOnce(ports, key, open, signal);
  } finally {
    leave();
  }
}

/** Of all who ask for a status at the same moment, the first makes its attempt and the others are told of it. */
async function attemptOnce(
  ports: AttemptPorts,
  key: StatusKey,
  open: DueDelivery,
  signal: AbortSignal,
): Promise<AttemptReport> {
  return ports.inFlightAttempts.begin(key, () => executeAttempt(ports, open, signal));
}

function notDue({ job }: DueDelivery): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NOT_DUE',
    message: `The next attempt is due in ${job.dueInSeconds} seconds; nothing was tried.`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: `${job.dueInSeconds} seconds`,
  });
}

function crowded(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'CROWDED',
    message: 'Too many attempts wait for this receiver; nothing was tried.',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: `${5 + Math.floor(Math.random() * 10)} seconds`,
  });
}
