import { AppError } from '../domain/errors.ts';
import type { EarlyReceipt, ReceiptStore } from '../ports/index.ts';
import type { Receipt } from '../providers/index.ts';
import { acceptReceipt, type ReceiptAcceptance } from './accept-receipt.ts';

const keptMs = 5 * 60_000;
const batch = 100;

export type EarlyReceiptsSeen = { matched: number; dropped: { provider: string; receivedAt: string }[] };

/**
 * Looks once more for the messages of receipts that came before them: accepts what is found, and forgets what nobody has
 * registered within five minutes. A receipt that cannot be accepted now is looked at again.
 */
export async function lookAtEarlyReceipts(
  ports: ReceiptAcceptance & { receipts: ReceiptStore; now: () => Date },
): Promise<EarlyReceiptsSeen> {
  const seen: EarlyReceiptsSeen = { matched: 0, dropped: [] };
  for (const early of await ports.receipts.dueEarly(batch)) {
    // Only receiveReceipts writes them, as their provider's reading made them.
    const receipt = early.receipt as Receipt;
    const message = await ports.receipts.find(early.provider, receipt.reference, new Set(early.serviceIds));
    if (message) {
      await acceptReceipt(ports, message, receipt, early.eventId).catch(unlessGone);
      seen.matched += 1;
    } else if (!isOver(early, ports.now())) continue;
    else seen.dropped.push({ provider: early.provider, receivedAt: early.receivedAt });
    await ports.receipts.doneEarly(early.id);
  }
  return seen;
}

function isOver({ receivedAt }: EarlyReceipt, now: Date): boolean {
  return now.getTime() - Date.parse(receivedAt) >= keptMs;
}

function unlessGone(cause: unknown): void {
  if (!(cause instanceof AppError && (cause.code === 'NOT_FOUND' || cause.code === 'INVALID_INPUT')))
    throw cause;
}
