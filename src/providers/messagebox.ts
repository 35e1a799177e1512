import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, formOf, jsonReply, missing, refusedAsNotify } from './reading.ts';

/** MijnOverheid's Berichtenbox (NL): a form that names the notification by its id. */
export const messagebox: Provider = {
  name: 'messagebox',
  proof: 'password_or_token',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const fields = formOf(request);
  const messages = missing('Messagebox', fields, ['status', 'reference']);
  if (messages.length > 0) return { kind: 'refused', messages };
  const [word, code] = [field(fields, 'status') ?? '', field(fields, 'code')];
  return {
    kind: 'read',
    items: [
      {
        reference: field(fields, 'reference') ?? '',
        key: null,
        status: word === '10' ? 'delivered' : word === '20' ? 'permanent-failure' : 'technical-failure',
        word,
        description: null,
        providerResponse: code === null ? `status ${word}` : `status ${word}, code ${code}`,
        occurredAt: null,
      },
    ],
  };
}
