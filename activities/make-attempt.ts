import { judgeExchange, type AttemptOutcome, type Exchange } from '../src/domain/attempt.ts';
import { waitAfterAnswer } from '../src/domain/retry-after.ts';
import { nextTry, type NextTry, type RetryPolicy } from '../src/domain/retry-policy.ts';
import type { DeliveryMetrics, DeliveryStore } from '../src/ports.ts';
import { profileNamed } from '../src/profiles/index.ts';
import { findOpenJob, type AttemptEnd, type StatusKey } from './find-open-job.ts';
import { sendCallback, type SendPorts } from './send-callback.ts';

export type ActivityPorts = SendPorts & {
  deliveries: DeliveryStore;
  metrics: DeliveryMetrics;
  /** Hears when a notification's attempt has ended, however it ended. */
  attempted: (notificationId: string) => void;
};

/** What one attempt, or the finding that there is nothing to attempt, came to. */
export type AttemptReport =
  AttemptEnd | { kind: 'failed'; outcome: AttemptOutcome; error: string; next: NextTry; policy: RetryPolicy };

/**
 * Makes one attempt under the callback's configuration as it is now, and records it. A status that is settled already
 * is not attempted again: Temporal may ask twice, the customer is told once.
 */
export async function makeAttempt(
  ports: ActivityPorts,
  key: StatusKey,
  signal: AbortSignal,
): Promise<AttemptReport> {
  const found = await findOpenJob(ports.deliveries, key);
  if (found.kind !== 'open') return found;
  const { job, callback } = found;
  const profile = profileNamed(job.profile);
  const exchange = await sendCallback(ports, job, callback, profile, signal).finally(() =>
    ports.attempted(key.notificationId),
  );
  const { outcome, error } = judgeExchange(exchange, profile.isSuccess);
  // An attempt that our own shutdown cut short is not one of the customer's.
  const attemptsMade = job.attemptsMade + (outcome === 'cancelled' ? 0 : 1);
  const next = afterAnswer(nextTry(callback.policy, attemptsMade), exchange);
  await ports.deliveries.record({
    ...key,
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
