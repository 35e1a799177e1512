import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, jsonReply, meaningOf, missing, queryOf, refusedAsNotify } from './reading.ts';

const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  10: { 0: 'No error' },
  20: {
    20: 'Recipient number unreachable',
    21: 'Recipient number incorrect',
    22: 'Delivery failure',
    31: 'The recipient is blacklisted',
    32: 'The originator is not registered for this country',
  },
};

/** Spryng (NL): a GET that says everything in its query, and names the notification by its id. */
export const spryng: Provider = {
  name: 'spryng',
  proof: 'password_or_token',
  method: 'GET',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const fields = queryOf(request);
  const messages = missing('Spryng', fields, ['STATUS', 'REASONCODE', 'REFERENCE']);
  if (messages.length > 0) return { kind: 'refused', messages };
  const [word, reason] = [field(fields, 'STATUS') ?? '', field(fields, 'REASONCODE') ?? ''];
  return {
    kind: 'read',
    items: [
      {
        reference: field(fields, 'REFERENCE') ?? '',
        key: null,
        status: word === '10' ? 'delivered' : word === '20' ? 'permanent-failure' : 'technical-failure',
        word,
        description: meaningOf(reasons, word, reason),
        providerResponse: `status ${word}, reason ${reason}`,
        occurredAt: null,
      },
    ],
  };
}
