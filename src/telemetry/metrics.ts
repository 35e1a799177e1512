import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { attemptOutcomes } from '../domain/delivery/attempt.ts';
import type { DeliveryMetrics } from '../ports/index.ts';

export type Metrics = DeliveryMetrics & {
  /** A provider's receipt of a message that nobody has registered in time. */
  receiptDropped(provider: string): void;
  /** One that was given to none, because several services of its account have used its reference. */
  receiptAmbiguous(provider: string): void;
  /** One that came before its message and could not be processed this time. */
  receiptFailed(provider: string): void;
  /** Credentials of one service that no key decrypts; those of a callback at each attempt. */
  secretUnopened(kind: 'provider' | 'api_key' | 'callback'): void;
  /** An attempt that our own way out kept from taking place. */
  egressFailed(kind: string): void;
  render(): Promise<{ contentType: string; text: string }>;
};

/** Every metric of a process, declared once. `queueDepth` and `setAside` are asked when the metrics are scraped. */
export function createMetrics(queueDepth: () => Promise<number>, setAside: () => Promise<number>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const accepted = new Counter({
    name: 'ringback_statuses_accepted_total',
    help: 'Statuses accepted; a repeated event id counts as a duplicate.',
    labelNames: ['profile', 'duplicate'],
    registers,
  });
  const receiptsDropped = new Counter({
    name: 'ringback_receipts_dropped_total',
    help: 'Receipts of messages that nobody registered within five minutes, by provider.',
    labelNames: ['provider'],
    registers,
  });
  const receiptsAmbiguous = new Counter({
    name: 'ringback_receipts_ambiguous_total',
    help: 'Receipts whose reference several services of one account have used, by provider; none of them got it.',
    labelNames: ['provider'],
    registers,
  });
  const receiptsFailed = new Counter({
    name: 'ringback_receipts_failed_total',
    help: 'Failures to process a receipt that came before its message, by provider; it is retried for a day.',
    labelNames: ['provider'],
    registers,
  });
  const secretsUnopened = new Counter({
    name: 'ringback_secrets_unopened_total',
    help: 'Stored secrets that could not be decrypted, by kind; each concerns one service. A callback counts at each attempt.',
    labelNames: ['kind'],
    registers,
  });
  const egressFailures = new Counter({
    name: 'ringback_egress_failures_total',
    help: 'Exchanges that our own network failed, by what of it was away: proxy, resolver, network or resources.',
    labelNames: ['kind'],
    registers,
  });
  const dispatched = new Counter({
    name: 'ringback_statuses_dispatched_total',
    help: 'Accepted statuses that a workflow was told of.',
    registers,
  });
  const attempts = new Counter({
    name: 'ringback_attempts_total',
    help: 'Attempts to reach a callback URL, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of attemptOutcomes) attempts.inc({ outcome }, 0);
  const durations = new Histogram({
    name: 'ringback_attempt_duration_seconds',
    help: 'How long an attempt took, by outcome.',
    labelNames: ['outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers,
  });
  const firstAttempt = new Histogram({
    name: 'ringback_accept_to_first_attempt_seconds',
    help: 'From the acceptance of a status to the start of its first attempt.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
    registers,
  });
  new Gauge({
    name: 'ringback_dispatch_queue_depth',
    help: 'Accepted statuses whose workflow has not been told yet, in all processes.',
    registers,
    async collect() {
      // A scrape is worth having without the one figure that needs the database.
      this.set(await queueDepth().catch(() => Number.NaN));
    },
  });
  new Gauge({
    name: 'ringback_workflow_requests_set_aside',
    help: 'Requests for workflows that Temporal has refused too often; GET /v1/workflow-requests shows them.',
    registers,
    async collect() {
      this.set(await setAside().catch(() => Number.NaN));
    },
  });

  return {
    accepted: (profile, isDuplicate) => accepted.inc({ profile, duplicate: String(isDuplicate) }),
    receiptDropped: (provider) => receiptsDropped.inc({ provider }),
    receiptAmbiguous: (provider) => receiptsAmbiguous.inc({ provider }),
    receiptFailed: (provider) => receiptsFailed.inc({ provider }),
    secretUnopened: (kind) => secretsUnopened.inc({ kind }),
    egressFailed: (kind) => egressFailures.inc({ kind }),
    dispatched: (count) => dispatched.inc(count),
    attempted: (outcome, durationMs) => {
      attempts.inc({ outcome });
      durations.observe({ outcome }, durationMs / 1000);
    },
    firstAttemptAfter: (seconds) => firstAttempt.observe(seconds),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
