import type { Instant } from '../domain/instant.ts';
import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import {
  field,
  jsonOf,
  jsonReply,
  missing,
  parsedObject,
  refusedAsNotify,
  unreadable,
  type Fields,
} from './reading.ts';

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
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const outer = jsonOf(request);
  const event = typeof outer?.['Message'] === 'string' ? parsedObject(outer['Message']) : outer;
  if (!event) return unreadable('Pinpoint');
  const messages = missing('Pinpoint', event, ['messageId', 'messageStatus', 'messageStatusDescription']);
  if (messages.length > 0) return { kind: 'refused', messages };
  const word = field(event, 'messageStatus') ?? '';
  const response = field(event, 'messageStatusDescription') ?? '';
  return {
    kind: 'read',
    items: [
      {
        reference: field(event, 'messageId') ?? '',
        key: null,
        status: statusOf(word, response, event['isFinal'] === true),
        word,
        description: null,
        providerResponse: response,
        occurredAt: timeOf(event),
      },
    ],
  };
}

/** Null for what has been sent and is not over yet: GC Notify changes nothing for it. */
function statusOf(word: string, response: string, isFinal: boolean): string | null {
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
