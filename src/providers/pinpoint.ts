import type { Instant } from '../domain/instant.ts';
import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import { jsonOf, jsonReply, readOne, refusedAsNotify, unwrapped, type Fields } from './reading.ts';

/** The first of these that the description holds says what failed; anything else is a permanent failure. */
const failures: readonly (readonly [text: string, status: string])[] = [
  ['blocked as spam', 'permanent-failure'],
  ['destination is on a blocked list', 'permanent-failure'],
  ['blocked', 'temporary-failure'],
  ['invalid', 'permanent-failure'],
  ['is opted out', 'technical-failure'],
  ['unknown error', 'permanent-failure'],
  ['exceed max price', 'temporary-failure'],
  ['phone carrier is currently unreachable/unavailable', 'temporary-failure'],
];

/** Amazon Pinpoint (GC): an event of a text message, under Pinpoint's message id. */
export const pinpoint: Provider = {
  name: 'pinpoint',
  proof: 'password_or_token',
  namesBy: 'reference',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const outer = jsonOf(request);
  const required = ['messageId', 'messageStatus', 'messageStatusDescription'];
  return readOne('Pinpoint', outer && unwrapped(outer), required, (text, event) => ({
    reference: text('messageId'),
    key: null,
    status: outcomeOf(text('messageStatus'), text('messageStatusDescription'), event['isFinal'] === true),
    word: text('messageStatus'),
    description: null,
    providerResponse: text('messageStatusDescription'),
    occurredAt: timeOf(event),
  }));
}

/** Null for what has been sent and is not over yet: GC Notify changes nothing for it. */
function outcomeOf(word: string, response: string, isFinal: boolean): string | null {
  if (word === 'DELIVERED' || (word === 'SUCCESSFUL' && isFinal)) return 'delivered';
  if (word === 'SUCCESSFUL') return null;
  const said = response.toLowerCase();
  return failures.find(([text]) => said.includes(text))?.[1] ?? 'permanent-failure';
}

function timeOf(event: Fields): Instant | null {
  const ms = event['eventTimestamp'];
  if (typeof ms !== 'number' || !Number.isSafeInteger(ms) || ms < 0 || ms > 4_102_444_800_000) return null;
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}
