import type { InboundText, Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import {
  field,
  formOf,
  jsonOf,
  jsonReply,
  queryOf,
  readOne,
  refusedAsNotify,
  statusOf,
  unreadable,
  type Fields,
} from './reading.ts';

/** Twilio's words, of SMS and of Voice, in those of the Notify family. */
const statuses: Readonly<Record<string, string>> = {
  accepted: 'created',
  scheduled: 'created',
  queued: 'sending',
  sending: 'sending',
  sent: 'sending',
  delivered: 'delivered',
  undelivered: 'permanent-failure',
  failed: 'technical-failure',
};

const emptyTwiml = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** Twilio (AU, Dispatch): a form, a query or JSON, signed; under its own SID. */
export const twilio: Provider = {
  name: 'twilio',
  proof: 'twilio',
  namesBy: 'reference',
  method: 'POST',
  readStatus,
  readInbound,
  statusTaken: jsonReply(200, { result: 'success' }),
  inboundTaken: { status: 200, contentType: 'text/xml', body: emptyTwiml },
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const fields = fieldsOf(request);
  if (!fields) return unreadable('Twilio');
  const isCall = field(fields, 'CallSid') !== null && field(fields, 'MessageSid') === null;
  const [sidName, statusName] = isCall ? ['CallSid', 'CallStatus'] : ['MessageSid', 'MessageStatus'];
  return readOne('Twilio', fields, [statusName, sidName], (text) => ({
    reference: text(sidName),
    // I-Twilio-Idempotency-Token is not signed: with another one, a captured request would be another event.
    key: null,
    status: statusOf(statuses, text(statusName)),
    word: text(statusName),
    description: null,
    providerResponse: field(fields, 'ErrorCode'),
    occurredAt: null,
  }));
}

function readInbound(request: ProviderRequest): Reading<InboundText> {
  return readOne('Twilio', fieldsOf(request), ['MessageSid', 'From', 'To', 'Body'], (text) => ({
    key: text('MessageSid'),
    source: text('From'),
    destination: text('To'),
    message: text('Body'),
    receivedAt: null,
  }));
}

function fieldsOf(request: ProviderRequest): Fields | null {
  const isJson = (request.headers['content-type'] ?? '').toLowerCase().startsWith('application/json');
  const fields = isJson ? jsonOf(request) : formOf(request);
  return fields && { ...queryOf(request), ...fields };
}
