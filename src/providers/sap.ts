import type { InboundText, Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, jsonOf, jsonReply, missing, refusedAsNotify, unreadable } from './reading.ts';

/** `failed` is a word of Notify.gov.au's code and not of its document; other profiles take it for a technical failure. */
const statuses: Readonly<Record<string, string>> = {
  SENT: 'sending',
  DELIVERED: 'delivered',
  RECEIVED: 'delivered',
  ERROR: 'failed',
};

/** SAP (AU): JSON under its own message id, with a token from our OAuth2 endpoint. */
export const sap: Provider = {
  name: 'sap',
  proof: 'oauth2',
  method: 'POST',
  readStatus,
  readInbound,
  statusTaken: jsonReply(200, { result: 'success' }),
  inboundTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const fields = jsonOf(request);
  if (!fields) return unreadable('SAP');
  const messages = missing('SAP', fields, ['messageId', 'status', 'recipient', 'message']);
  if (messages.length > 0) return { kind: 'refused', messages };
  const word = field(fields, 'status') ?? '';
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
        occurredAt: null,
      },
    ],
  };
}

function readInbound(request: ProviderRequest): Reading<InboundText> {
  const fields = jsonOf(request);
  if (!fields) return unreadable('SAP');
  const messages = missing('SAP', fields, ['originatingAddress', 'message', 'msisdn', 'messageId']);
  if (messages.length > 0) return { kind: 'refused', messages };
  return {
    kind: 'read',
    items: [
      {
        key: field(fields, 'messageId'),
        source: field(fields, 'msisdn') ?? '',
        destination: field(fields, 'originatingAddress') ?? '',
        message: field(fields, 'message') ?? '',
        receivedAt: null,
      },
    ],
  };
}
