import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, jsonOf, jsonReply, missing, refusedAsNotify, timeIn, unreadable } from './reading.ts';

const statuses: Readonly<Record<string, string>> = {
  PEND: 'pending',
  SENT: 'sending',
  DELIVRD: 'delivered',
  READ: 'delivered',
  EXPIRED: 'permanent-failure',
  DELETED: 'permanent-failure',
  UNDVBL: 'permanent-failure',
  REJECTED: 'temporary-failure',
  REJECTD: 'temporary-failure',
};

/** Telstra (AU): JSON under its own message id. */
export const telstra: Provider = {
  name: 'telstra',
  proof: 'password_or_token',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const fields = jsonOf(request);
  if (!fields) return unreadable('Telstra');
  const messages = missing('Telstra', fields, ['messageId', 'deliveryStatus', 'to']);
  if (messages.length > 0) return { kind: 'refused', messages };
  const word = field(fields, 'deliveryStatus') ?? '';
  return {
    kind: 'read',
    items: [
      {
        reference: field(fields, 'messageId') ?? '',
        key: null,
        status: Object.hasOwn(statuses, word) ? (statuses[word] ?? null) : 'technical-failure',
        word,
        description: null,
        providerResponse: word,
        occurredAt: timeIn('Australia/Sydney', field(fields, 'receivedTimestamp')),
      },
    ],
  };
}
