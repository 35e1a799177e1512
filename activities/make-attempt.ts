import { judgeExchange, type AttemptOutcome, type Exchange } from '../src/domain/attempt.ts';
import { isSettled } from '../src/domain/callback-state.ts';
import { waitAfterAnswer } from '../src/domain/retry-after.ts';
import { nextTry, type NextTry, type RetryPolicy } from '../src/domain/retry-policy.ts';
import type { DeliveryJob, DeliveryMetrics, DeliveryStore } from '../src/ports.ts';
import { profileNamed } from '../src/profiles/index.ts';
import { sendCallback, type SendPorts } from './send-callback.ts';

export type ActivityPorts = SendPorts & {
  deliveries: DeliveryStore;
  metrics: DeliveryMetrics;
  /** Hears when a notification's attempt has ended, however it ended. */
  attempted: (notificationId: string) => void;
};

export type StatusKey = { notificationId: string; sequence: number };

/** Nothing more to try here and now: the status has its final state, or an earlier one must go first. */
export type AttemptEnd =
  | { kind: 'settled'; state: string }
  | { kind: 'earlierFirst'; earlier: NonNullable<DeliveryJob['earlierOpen']> };

/** What one attempt, or the finding that there is nothing to attempt, came to. */
export type AttemptReport =
  AttemptEnd | { kind: 'failed'; outcome: AttemptOutcome; error: string; next: NextTry; policy: RetryPolicy };

/**
 * Makes one attempt under the callback's configuration as it is now, and records it. A status that is settled already
 * is not attempted again: Temporal may ask twice, the customer is told once.
 */
export async function makeAttempt(
  ports: ActivityPorts,
  { notificationId, sequence }: StatusKey,
  signal: AbortSignal,
): Promise<AttemptReport> {
  const job = await ports.deliveries.load(notificationId, sequence);
  if (!job) return { kind: 'settled', state: 'unknown' };
  if (isSettled(job.state)) return { kind: 'settled', state: job.state };
  if (job.earlierOpen) return { kind: 'earlierFirst', earlier: job.earlierOpen };
  const { callback } = job;
  if (!callback) {
    await ports.deliveries.settle(
      notificationId,
      sequence,
      'skipped',
      'The callback was removed before delivery.',
    );
    return { kind: 'settled', state: 'skipped' };
  }

  const profile = profileNamed(job.profile);
  const exchange = await sendCallback(ports, job, callback, profile, signal).finally(() =>
    ports.attempted(notificationId),
  );
  const { outcome, error } = judgeExchange(exchange, profile.isSuccess);
  // An attempt that our own shutdown cut short is not one of the customer's.
  const attemptsMade = job.attemptsMade + (outcome === 'cancelled' ? 0 : 1);
  const next = afterAnswer(nextTry(callback.policy, attemptsMade), exchange);
  await ports.deliveries.record({
    notificationId,
    sequence,
    url: callback.url,
    outcome,
    error,
    exchange,
    state: outcome === 'delivered' ? 'delivered' : next.kind === 'again' ? 'retrying' : 'failed',
    nextAttemptInSeconds: outcome !== 'delivered' && next.kind === 'again' ? next.waitSeconds : null,
  });
  ports.metrics.attempted(outcome, exchange.durationMs);
  if (job.attemptsRecorded === 0)
    ports.metrics.firstAttemptAfter((Date.parse(exchange.startedAt) - Date.parse(job.acceptedAt)) / 1000);

  if (error === null) return { kind: 'settled', state: 'delivered' };
  return { kind: 'failed', outcome, error, next, policy: callback.policy };
}

/** A receiver that answered 429 or 503 may ask for a longer wait; one that broke off half way has asked for nothing. */
function afterAnswer(next: NextTry, { failure, response }: Exchange): NextTry {
  if (next.kind === 'exhausted' || failure) return next;
  return { ...next, waitSeconds: waitAfterAnswer(response, new Date(), next.waitSeconds) };
}
