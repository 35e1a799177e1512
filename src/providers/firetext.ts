import type { InboundText, Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { field, formOf, jsonReply, readOne, refusedAsNotify, statusOf, timeIn } from './reading.ts';

const statuses: Readonly<Record<string, string>> = { 0: 'delivered', 1: 'permanent-failure', 2: 'pending' };

/** Of a declined message, which failure it is, and why. */
const codes: Readonly<Record<string, { status: string; description: string }>> = {
  '000': { status: 'temporary-failure', description: 'No error reported' },
  101: { status: 'permanent-failure', description: 'Unknown Subscriber' },
  102: { status: 'temporary-failure', description: 'Absent Subscriber' },
  103: { status: 'temporary-failure', description: 'Subscriber Busy' },
  104: { status: 'temporary-failure', description: 'No Subscriber Memory' },
  201: { status: 'permanent-failure', description: 'Invalid Number' },
  301: { status: 'permanent-failure', description: 'SMS Not Supported' },
  302: { status: 'temporary-failure', description: 'SMS Not Supported' },
  401: { status: 'permanent-failure', description: 'Message Rejected' },
  900: { status: 'temporary-failure', description: 'Routing Error' },
};

/** Firetext (UK, NL): a form that names the notification by its id. */
export const firetext: Provider = {
  name: 'firetext',
  proof: 'password_or_token',
  namesBy: 'id',
  method: 'POST',
  readStatus,
  readInbound,
  statusTaken: jsonReply(200, { result: 'success' }),
  inboundTaken: jsonReply(200, { status: 'ok' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  return readOne('Firetext', formOf(request), ['status', 'reference'], (text, fields) => ({
    reference: text('reference'),
    key: null,
    ...outcomeOf(text('status'), field(fields, 'code')),
    word: text('status'),
    occurredAt: timeIn('Europe/London', field(fields, 'time')),
  }));
}

function outcomeOf(
  word: string,
  code: string | null,
): Pick<Receipt, 'status' | 'statusIfPending' | 'description' | 'providerResponse'> {
  const providerResponse = code === null ? `status ${word}` : `status ${word}, code ${code}`;
  const status = statusOf(statuses, word);
  if (word !== '1') return { status, description: null, providerResponse };
  const known = code !== null && Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (known) return { ...known, providerResponse };
  // Declined after it was pending, and for no reason that is known: the handset was not reached in time.
  return { status, statusIfPending: 'temporary-failure', description: null, providerResponse };
}

function readInbound(request: ProviderRequest): Reading<InboundText> {
  const required = ['source', 'destination', 'message', 'time'];
  return readOne('Firetext', formOf(request), required, (text) => ({
    key: null,
    source: text('source'),
    destination: text('destination'),
    message: text('message'),
    receivedAt: timeIn('UTC', text('time')),
  }));
}
