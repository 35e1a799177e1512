import { AppError } from '../domain/errors.ts';
import type { EarlyReceipt, ReceiptStore } from '../ports/index.ts';
import { providers, type Receipt } from '../providers/index.ts';
import { acceptReceipt, type ReceiptAcceptance } from './accept-receipt.ts';
import { findNamedMessage } from './find-named-message.ts';

const keptMs = 5 * 60_000;
/** As long as somebody may need to mend what keeps a receipt from being processed. */
const keptFailedMs = 24 * 60 * 60_000;
const batch = 100;
/** What is left then is found by the next look. */
const maxBatches = 50;

export type EarlyReceiptsSeen = {
  matched: number;
  dropped: { provider: string; receivedAt: string }[];
  /** They stay, and are looked at ever more seldom for a day. */
  failed: { id: string; provider: string; cause: unknown }[];
};

type Ports = ReceiptAcceptance & {
  receipts: ReceiptStore;
  onAmbiguous: (provider: string, notificationIds: readonly string[]) => void;
  now: () => Date;
};

/**
 * Looks once more for the messages of receipts that came before them: accepts what is found, and forgets what nobody has
 * registered within five minutes. One that cannot be processed holds up no other.
 */
export async function lookAtEarlyReceipts(ports: Ports): Promise<EarlyReceiptsSeen> {
  const seen: EarlyReceiptsSeen = { matched: 0, dropped: [], failed: [] };
  const looked = new Set<string>();
  for (let round = 1; round <= maxBatches; round += 1) {
    const due = await ports.receipts.dueEarly(batch);
    for (const early of due) await lookAtOne(ports, early, seen);
    // One that is due again already is for the next look.
    if (due.length < batch || due.some(({ id }) => looked.has(id))) break;
    for (const { id } of due) looked.add(id);
  }
  return seen;
}

async function lookAtOne(ports: Ports, early: EarlyReceipt, seen: EarlyReceiptsSeen): Promise<void> {
  const { id, provider, receivedAt } = early;
  try {
    const outcome = await look(ports, early);
    if (outcome === 'kept') return;
    if (outcome === 'matched') seen.matched += 1;
    if (outcome === 'dropped') seen.dropped.push({ provider, receivedAt });
    await ports.receipts.doneEarly(id);
  } catch (cause) {
    // The database is away, and so it is for the others.
    if (cause instanceof AppError && cause.code === 'UNAVAILABLE') throw cause;
    seen.failed.push({ id, provider, cause });
    if (ageMs(early, ports.now()) < keptFailedMs) return;
    seen.dropped.push({ provider, receivedAt });
    await ports.receipts.doneEarly(id);
  }
}

async function look(
  ports: Ports,
  early: EarlyReceipt,
): Promise<'matched' | 'ambiguous' | 'dropped' | 'kept'> {
  // Only receiveReceipts writes them, as their provider's reading made them.
  const receipt = early.receipt as Receipt;
  const provider = providers.get(early.provider);
  if (!provider) throw new Error(`this version knows no provider ${early.provider}`);
  const found = await findNamedMessage(ports.receipts, provider, receipt.reference, early);
  switch (found.kind) {
    case 'one':
      await acceptReceipt(ports, found.message, receipt, early).catch(unlessGone);
      return 'matched';
    case 'ambiguous':
      ports.onAmbiguous(early.provider, found.notificationIds);
      return 'ambiguous';
    case 'none':
      return ageMs(early, ports.now()) >= keptMs ? 'dropped' : 'kept';
  }
}

function ageMs({ receivedAt }: EarlyReceipt, now: Date): number {
  return now.getTime() - Date.parse(receivedAt);
}

function unlessGone(cause: unknown): void {
  if (!(cause instanceof AppError && cause.code === 'NOT_FOUND')) throw cause;
}
