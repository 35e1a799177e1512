import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import {
  field,
  jsonOf,
  jsonReply,
  objectOf,
  readOne,
  refusedAsNotify,
  timeIn,
  unwrapped,
} from './reading.ts';

/** What the carrier said, word for word, where it is no permanent failure. */
const failures: Readonly<Record<string, string>> = {
  'Phone carrier has blocked this message': 'temporary-failure',
  'Phone carrier is currently unreachable/unavailable': 'temporary-failure',
  'Phone has blocked SMS': 'temporary-failure',
  'Phone is on a blocked list': 'temporary-failure',
  'This delivery would exceed max price': 'temporary-failure',
  'Phone number is opted out': 'technical-failure',
};

/** Amazon SNS's text messages (GC): the log record of a delivery, under SNS's message id. */
export const snsSms: Provider = {
  name: 'sns-sms',
  proof: 'password_or_token',
  namesBy: 'reference',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const outer = jsonOf(request);
  const record = outer && unwrapped(outer);
  const [messageId, response] = ['notification.messageId', 'delivery.providerResponse'];
  const notification = objectOf(record?.['notification']) ?? {};
  const fields = record && {
    [messageId]: notification['messageId'],
    status: record['status'],
    [response]: objectOf(record['delivery'])?.['providerResponse'],
  };
  return readOne('SNS', fields, [messageId, 'status', response], (text) => ({
    reference: text(messageId),
    key: null,
    status: outcomeOf(text('status'), text(response)),
    word: text('status'),
    description: null,
    providerResponse: text(response),
    occurredAt: timeIn('UTC', field(notification, 'timestamp')),
  }));
}

function outcomeOf(word: string, response: string): string {
  if (word === 'SUCCESS') return 'delivered';
  if (Object.hasOwn(failures, response)) return failures[response] ?? 'permanent-failure';
  return response.includes('is opted out') ? 'technical-failure' : 'permanent-failure';
}
