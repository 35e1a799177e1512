import {
  isOurs,
  isPrevented,
  judgeExchange,
  type AttemptOutcome,
  type Exchange,
} from '../domain/delivery/attempt.ts';
import { isGone, judgeFailure } from '../domain/delivery/failure.ts';
import { waitAfterAnswer } from '../domain/delivery/retry-after.ts';
import {
  nextTry,
  tryAgainAfterOurs,
  type NextTry,
  type RetryPolicy,
} from '../domain/delivery/retry-policy.ts';
import type { ConcurrencyLimiter, DeliveryMetrics } from '../ports/index.ts';
import { deliveryRulesOf, type DeliveryRules } from '../profiles/index.ts';
import type { DueDelivery, DueDeliveryPorts } from './load-due-delivery.ts';
import type { HeldAttempts } from './held-attempts.ts';
import type { InFlightAttempts } from './in-flight-attempts.ts';
import { sendCallback, type SendPorts } from './send-callback.ts';

export type AttemptPorts = SendPorts &
  DueDeliveryPorts & {
    metrics: DeliveryMetrics;
    gate: ConcurrencyLimiter;
    inFlightAttempts: InFlightAttempts;
    heldAttempts: HeldAttempts;
    /** How long a first attempt may hold its workflow task while there is room. */
    patienceMs: number;
    /** Where only this process takes activities. */
    ownTaskQueue: string;
    /** Hears when a notification's attempt begins, when it was answered, and when there is nothing more of it to wait for here. */
    attempting: (notificationId: string) => void;
    answered: (notificationId: string) => void;
    attempted: (notificationId: string) => void;
  };

/** What one attempt came to. */
export type AttemptReport =
  | { kind: 'finished'; state: string }
  | { kind: 'failed'; outcome: AttemptOutcome; error: string; next: NextTry; policy: RetryPolicy };

/** Makes one attempt under the callback's configuration as it was just read, and records it. */
export async function executeAttempt(
  ports: AttemptPorts,
  { job, callback }: DueDelivery,
  signal: AbortSignal,
): Promise<AttemptReport> {
  const { notificationId, sequence } = job;
  const rules = deliveryRulesOf(job.profile);
  ports.attempting(notificationId);
  const exchange = await sendCallback(ports, job, callback, signal);
  ports.answered(notificationId);
  const { outcome, error } = judgeExchange(exchange, rules.isSuccess);
  if (outcome === 'timeout' || outcome === 'connect_error') ports.gate.markSlow(callback.receiverId);
  // Neither an attempt that our own shutdown cut short nor one that something of ours prevented is one of the customer's.
  const isCounted = !isOurs(outcome);
  const attemptsMade = job.attemptsMade + (isCounted ? 1 : 0);
  const hasGone = rules.honoursRetryAfter && outcome === 'http_status' && isGone(exchange.response?.status);
  const next: NextTry = hasGone
    ? { kind: 'exhausted' }
    : isCounted
      ? afterAnswer(nextTry(callback.policy, attemptsMade), exchange, rules)
      : tryAgainAfterOurs(callback.policy, attemptsMade, isPrevented(outcome) ? job.ownFailures + 1 : 0);
  const { warnAfterAttempts } = callback;
  const verdict =
    error === null || !isCounted
      ? null
      : judgeFailure({
          notificationId,
          sequence,
          attemptsMade,
          next,
          isGone: hasGone,
          error,
          warnAfterAttempts,
        });
  await ports.deliveries.record({
    notificationId,
    sequence,
    url: callback.url,
    outcome,
    error,
    exchange,
    state: outcome === 'delivered' ? 'delivered' : next.kind === 'again' ? 'retrying' : 'failed',
    nextAttemptInSeconds: outcome !== 'delivered' && next.kind === 'again' ? next.waitSeconds : null,
    consequence: verdict && { ...verdict, callbackId: callback.id },
  });
  ports.metrics.attempted(outcome, exchange.durationMs);
  if (job.attemptsRecorded === 0)
    ports.metrics.firstAttemptAfter((Date.parse(exchange.startedAt) - Date.parse(job.acceptedAt)) / 1000);

  if (error === null) return { kind: 'finished', state: 'delivered' };
  return { kind: 'failed', outcome, error, next, policy: callback.policy };
}

/** A receiver that answered 429 or 503 may ask for a longer wait; one that broke off half way has asked for nothing. */
function afterAnswer(
  next: NextTry,
  { failure, response }: Exchange,
  { honoursRetryAfter }: DeliveryRules,
): NextTry {
  if (next.kind === 'exhausted') return next;
  if (failure || !honoursRetryAfter) return next;
  return { ...next, waitSeconds: waitAfterAnswer(response, new Date(), next.waitSeconds) };
}
