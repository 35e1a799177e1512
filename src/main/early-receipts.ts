import type { Logger } from 'pino';
import type { Metrics } from '../telemetry/metrics.ts';
import type { EarlyReceiptsSeen } from '../use-cases/look-at-early-receipts.ts';

const everyMs = 1_000;

type ReceiptMetrics = Pick<Metrics, 'receiptDropped' | 'receiptFailed' | 'receiptAmbiguous'>;

/** Counts and logs a receipt that was given to none. */
export function reportAmbiguous(
  metrics: Pick<ReceiptMetrics, 'receiptAmbiguous'>,
  log: Logger,
): (provider: string, notificationIds: readonly string[]) => void {
  return (provider, notificationIds) => {
    metrics.receiptAmbiguous(provider);
    log.warn(
      { provider, notificationIds },
      'several services of one account have used the reference of a receipt; it was given to none of them',
    );
  };
}

/**
 * Looks every second for messages whose receipts came before them; one process at a time has one receipt in hand. `stop`
 * waits for the look that is under way.
 */
export function startEarlyReceipts(
  look: () => Promise<EarlyReceiptsSeen>,
  metrics: ReceiptMetrics,
  log: Logger,
): { stop(): Promise<void> } {
  let looking: Promise<void> | null = null;
  const seen = async (): Promise<void> => {
    const { dropped, failed } = await look();
    for (const { provider, receivedAt } of dropped) {
      metrics.receiptDropped(provider);
      log.warn({ provider, receivedAt }, 'a receipt was dropped: its message was not found in time');
    }
    for (const { id, provider, cause } of failed) {
      metrics.receiptFailed(provider);
      log.error(
        { receiptId: id, provider, ...describe(cause) },
        'a receipt could not be processed; it is retried for a day',
      );
    }
  };
  const timer = setInterval(() => {
    looking ??= seen()
      .catch((cause: unknown) => log.warn({ err: cause }, 'failed to match early receipts; will retry'))
      .finally(() => (looking = null));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** What is wrong without the database's words, which show the row's values. */
function describe(cause: unknown): { error: string; code?: string } {
  if (!(cause instanceof Error)) return { error: typeof cause };
  return {
    error: cause.name,
    ...('code' in cause && typeof cause.code === 'string' && { code: cause.code }),
  };
}
