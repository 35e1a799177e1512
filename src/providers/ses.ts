import type { Instant } from '../domain/instant.ts';
import type { Provider, ProviderRequest, Reading, Receipt } from './provider.ts';
import {
  field,
  jsonOf,
  jsonReply,
  objectOf,
  refusedAsNotify,
  timeIn,
  unreadable,
  unwrapped,
  type Fields,
} from './reading.ts';

export const onSuppressionList = 'The email address is on the GC Notify suppression list';

/** GC Notify's lambda hands on ten at most. */
const maxMessages = 100;

/** What GC Notify tells of a bounce beside its status, by type and subtype. */
const responses: Readonly<Record<string, string>> = {
  'Permanent/Suppressed': 'The email address is on our email provider suppression list',
  'Permanent/OnAccountSuppressionList': onSuppressionList,
  'Transient/AttachmentRejected': 'The email was rejected because of its attachments',
};

/** Amazon SES by SNS (UK, NL, GC, AU): an envelope that SNS signs, with SES's notification as text in it. */
export const ses: Provider = {
  name: 'ses',
  proof: 'sns',
  namesBy: 'reference',
  method: 'POST',
  readStatus,
  statusTaken: jsonReply(200, { result: 'success' }),
  refused: refusedAsNotify,
};

function readStatus(request: ProviderRequest): Reading<Receipt> {
  const envelope = jsonOf(request);
  if (!envelope) return unreadable('SES');
  const notifications = notificationsOf(envelope);
  if (!notifications || notifications.length === 0) return unreadable('SES');
  const messageId = field(envelope, 'MessageId');
  const receipts = notifications.map((notification, place) =>
    toReceipt(notification, messageId && (place === 0 ? messageId : `${messageId}/${place}`)),
  );
  const wrong = receipts.flatMap((receipt) => (typeof receipt === 'string' ? [receipt] : []));
  if (wrong.length > 0) return { kind: 'refused', messages: wrong };
  return { kind: 'read', items: receipts.filter((receipt) => typeof receipt !== 'string') };
}

/** One, in SNS's envelope or without it, or several, as GC Notify's lambda hands them on. */
function notificationsOf(envelope: Fields): Fields[] | null {
  const several: unknown = envelope['Messages'];
  if (Array.isArray(several)) {
    const all = several.length > maxMessages ? [null] : several.map(objectOf);
    return all.every((one) => one !== null) ? all : null;
  }
  const inner = unwrapped(envelope);
  return inner && [inner];
}

function toReceipt(notification: Fields, key: string | null): Receipt | string {
  const kind = field(notification, 'notificationType') ?? field(notification, 'eventType');
  const mail = objectOf(notification['mail']);
  const reference = mail && field(mail, 'messageId');
  if (kind === null) return 'SES callback failed: notificationType missing';
  if (!reference) return 'SES callback failed: mail.messageId missing';
  const common = { reference, word: kind, description: null, providerResponse: null };
  const detail = (name: string): Fields => objectOf(notification[name]) ?? {};
  const at = (fields: Fields): Instant | null => timeIn('UTC', field(fields, 'timestamp'));
  const keyOf = (fields: Fields): string =>
    key ?? `${reference}/${kind}/${field(fields, 'feedbackId') ?? field(fields, 'timestamp') ?? ''}`;
  switch (kind) {
    case 'Delivery': {
      const delivery = detail('delivery');
      return { ...common, key: keyOf(delivery), status: 'delivered', occurredAt: at(delivery) };
    }
    case 'Bounce': {
      const bounce = detail('bounce');
      const type = field(bounce, 'bounceType') ?? '';
      const kindOfBounce = `${type}/${field(bounce, 'bounceSubType') ?? ''}`;
      return {
        ...common,
        key: keyOf(bounce),
        status: type === 'Permanent' ? 'permanent-failure' : 'temporary-failure',
        providerResponse: Object.hasOwn(responses, kindOfBounce) ? (responses[kindOfBounce] ?? null) : null,
        occurredAt: at(bounce),
      };
    }
    case 'Complaint': {
      const complaint = detail('complaint');
      const occurredAt = at(complaint);
      return {
        ...common,
        key: keyOf(complaint),
        status: null,
        occurredAt,
        complaint: {
          id: field(complaint, 'feedbackId'),
          date: occurredAt,
          isOnSuppressionList: field(complaint, 'complaintSubType') === 'OnAccountSuppressionList',
        },
      };
    }
    default:
      return `SES callback failed: notificationType ${kind.slice(0, 50)} is unknown`;
  }
}
