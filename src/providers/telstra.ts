import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, jsonOf, jsonReply, readOne, refusedAsNotify, statusOf, timeIn } from './reading.ts';

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
  namesBy: 'reference',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  return readOne('Telstra', jsonOf(request), ['messageId', 'deliveryStatus', 'to'], (text, fields) => ({
    reference: text('messageId'),
    key: null,
    status: statusOf(statuses, text('deliveryStatus')),
    word: text('deliveryStatus'),
    description: null,
    providerResponse: text('deliveryStatus'),
    occurredAt: timeIn('Australia/Sydney', field(fields, 'receivedTimestamp')),
  }));
}
