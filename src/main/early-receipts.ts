import type { Logger } from 'pino';
import type { EarlyReceiptsSeen } from '../use-cases/look-at-early-receipts.ts';

const everyMs = 1_000;

/**
 * Looks every second for messages whose receipts came before them; one process at a time has one receipt in hand. `stop`
 * waits for the look that is under way.
 */
export function startEarlyReceipts(
  look: () => Promise<EarlyReceiptsSeen>,
  onDropped: (provider: string) => void,
  log: Logger,
): { stop(): Promise<void> } {
  let looking: Promise<void> | null = null;
  const seen = async (): Promise<void> => {
    const { dropped } = await look();
    for (const { provider, receivedAt } of dropped) {
      onDropped(provider);
      log.warn(
        { provider, receivedAt },
        'a receipt was dropped: nobody registered its message within five minutes',
      );
    }
  };
  const timer = setInterval(() => {
    looking ??= seen()
      .catch((cause: unknown) =>
        log.warn({ err: cause }, 'early receipts could not be looked at; they are again'),
      )
      .finally(() => (looking = null));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
