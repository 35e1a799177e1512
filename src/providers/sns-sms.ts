import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import {
  field,
  jsonOf,
  jsonReply,
  objectOf,
  parsedObject,
  refusedAsNotify,
  timeIn,
  unreadable,
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
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const outer = jsonOf(request);
  const record = typeof outer?.['Message'] === 'string' ? parsedObject(outer['Message']) : outer;
  if (!record) return unreadable('SNS');
  const notification = objectOf(record['notification']) ?? {};
  const delivery = objectOf(record['delivery']) ?? {};
  const [reference, word] = [field(notification, 'messageId'), field(record, 'status')];
  const response = field(delivery, 'providerResponse');
  const messages = [
    ...(reference === null ? ['SNS callback failed: notification.messageId missing'] : []),
    ...(word === null ? ['SNS callback failed: status missing'] : []),
    ...(response === null ? ['SNS callback failed: delivery.providerResponse missing'] : []),
  ];
  if (reference === null || word === null || response === null) return { kind: 'refused', messages };
  return {
    kind: 'read',
    items: [
      {
        reference,
        key: null,
        status: statusOf(word, response),
        word,
        description: null,
        providerResponse: response,
        occurredAt: timeIn('UTC', field(notification, 'timestamp')),
      },
    ],
  };
}

function statusOf(word: string, response: string): string {
  if (word === 'SUCCESS') return 'delivered';
  if (Object.hasOwn(failures, response)) return failures[response] ?? 'permanent-failure';
  return response.includes('is opted out') ? 'technical-failure' : 'permanent-failure';
}
