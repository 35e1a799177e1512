// A notification as the clients of the Notify systems read it. There are no templates and no bodies here, so these are
// empty; what is nobody's business of ours is null.
import type { Notification } from '../../domain/notifications/notification.schema.ts';
import { profileNamed } from '../../profiles/index.ts';
import type { StoredInbound } from '../../ports/index.ts';

/** Every template has one version, because none is kept here. */
export const templateVersion = 1;

/** The answer to a message that was sent with a template; `base` is where the caller reached us. */
export function sentShape(
  base: string,
  { id, reference, template_id: templateId, template_version: version }: Notification,
  content: Record<string, string | null>,
) {
  return {
    id,
    reference,
    content,
    uri: `${base}/v2/notifications/${id}`,
    template: templateShape(base, templateId, version),
    scheduled_for: null,
  };
}

export function readShape(base: string, profile: string, notification: Notification) {
  const { notification_type: type, to } = notification;
  const lines = type === 'letter' ? to.split('\n') : [];
  const line = (number: number): string | null => lines[number - 1] ?? null;
  const isFinal = profileNamed(profile).callbackRule.finalStatuses.has(notification.status);
  return {
    id: notification.id,
    reference: notification.reference,
    email_address: type === 'email' ? to : null,
    phone_number: type === 'sms' ? to : null,
    line_1: line(1),
    line_2: line(2),
    line_3: line(3),
    line_4: line(4),
    line_5: line(5),
    line_6: line(6),
    line_7: line(7),
    postcode: null,
    postage: null,
    type,
    status: type === 'letter' ? letterStatus(notification.status) : notification.status,
    template: templateShape(base, notification.template_id, notification.template_version),
    body: '',
    subject: type === 'sms' ? null : '',
    created_at: notification.created_at,
    created_by_name: null,
    sent_at: notification.sent_at,
    completed_at: isFinal ? notification.completed_at : null,
    scheduled_for: null,
    one_click_unsubscribe_url: null,
  };
}

export function receivedTextShape(message: StoredInbound) {
  return {
    id: message.id,
    user_number: message.sourceNumber,
    notify_number: message.destinationNumber,
    created_at: message.dateReceived,
    content: message.message,
    service_id: message.serviceId,
  };
}

function templateShape(base: string, id: string | null, version: number | null) {
  return {
    id,
    version: version ?? templateVersion,
    uri: `${base}/v2/template/${id ?? 'none'}/version/${version ?? templateVersion}`,
  };
}

// GOV.UK Notify has words of its own for letters on the way.
const letterStatuses: Readonly<Record<string, string>> = {
  created: 'accepted',
  sending: 'accepted',
  delivered: 'received',
};

function letterStatus(status: string): string {
  return letterStatuses[status] ?? status;
}

/** What a status that a client asks for stands for, among those that are stored. */
const askedFor: Readonly<Record<string, readonly string[]>> = {
  failed: [
    ...['technical-failure', 'temporary-failure', 'permanent-failure'],
    ...['validation-failed', 'virus-scan-failed', 'returned-letter'],
  ],
  sending: ['created', 'sending'],
  accepted: ['created', 'sending'],
  received: ['delivered'],
};

export function storedStatuses(asked: readonly string[]): string[] {
  return [...new Set(asked.flatMap((status) => askedFor[status] ?? [status]))];
}
