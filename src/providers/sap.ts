import type { InboundText, Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { jsonOf, jsonReply, readOne, refusedAsNotify, statusOf } from './reading.ts';

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
  namesBy: 'reference',
  method: 'POST',
  readStatus,
  readInbound,
  statusTaken: jsonReply(200, { result: 'success' }),
  inboundTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  return readOne('SAP', jsonOf(request), ['messageId', 'status', 'recipient', 'message'], (text) => ({
    reference: text('messageId'),
    key: null,
    status: statusOf(statuses, text('status')),
    word: text('status'),
    description: null,
    providerResponse: text('status'),
    occurredAt: null,
  }));
}

function readInbound(request: ProviderRequest): Reading<InboundText> {
  const required = ['originatingAddress', 'message', 'msisdn', 'messageId'];
  return readOne('SAP', jsonOf(request), required, (text) => ({
    key: text('messageId'),
    source: text('msisdn'),
    destination: text('originatingAddress'),
    message: text('message'),
    receivedAt: null,
  }));
}
