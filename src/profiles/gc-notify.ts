import type { DeliveryStatusFacts } from '../domain/notifications/delivery-status-facts.ts';
import { defaultRetryPolicy } from '../domain/delivery/retry-policy.ts';
import { simulatorEmails, smokeTestEmails } from '../domain/acceptance/simulated-recipients.ts';
import { complaintBody } from './complaint-body.ts';
import { inboundBody } from './inbound-body.ts';
import { phoneNumbersOf } from './phone-numbers.ts';
import type { Profile } from './profile.ts';
import { pythonJson } from './python-json.ts';
import { timeoutByProgress } from './timeout-status.ts';

const phoneNumbers = phoneNumbersOf('CA', '+16135550142');

const finalStatuses = [
  'delivered',
  'permanent-failure',
  'temporary-failure',
  'technical-failure',
  'virus-scan-failed',
];

/** GC Notify: its document's ten statuses and ten keys, and every accepted status in the order received. */
export const gcNotify: Profile = {
  name: 'gc-notify',
  statuses: ['created', 'sending', 'pending', 'sent', ...finalStatuses, 'pending-virus-check'],
  callbackRule: {
    notificationTypes: new Set(['sms', 'email', 'letter']),
    statuses: 'every',
    firstFinalOnly: false,
    finalStatuses: new Set(finalStatuses),
  },
  retryPolicy: defaultRetryPolicy,
  simulatedRecipients: {
    temporaryFailure: ['5149301633', simulatorEmails.temporaryFailure],
    permanentFailure: ['5149301632', simulatorEmails.permanentFailure],
    smokeTest: ['6132532222', '6132532223', '6132532224', ...smokeTestEmails('notification.canada.ca')],
  },
  phoneNumbers,
  inboundNumbers: { source: phoneNumbers.toE164, own: phoneNumbers.toE164 },
  timeoutStatus: timeoutByProgress,
  isSuccess: (status) => status >= 200 && status < 300,
  honoursRetryAfter: true,
  complaintBody,
  inboundBody,
  returnedLetterBody: null,
  deliveryStatusBody: (facts) =>
    pythonJson([
      ['id', facts.id],
      ['reference', facts.reference],
      ['to', facts.to],
      ['status', facts.status],
      ['status_description', facts.statusDescription ?? describeStatus(facts)],
      ['provider_response', facts.providerResponse],
      ['created_at', facts.createdAt],
      ['completed_at', facts.completedAt],
      ['sent_at', facts.sentAt],
      ['notification_type', facts.notificationType],
    ]),
};

/** By channel, as its API labels them; what is not here is shown as the status itself. */
const descriptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  email: {
    created: 'In transit',
    sending: 'In transit',
    pending: 'In transit',
    'pending-virus-check': 'In transit',
    sent: 'Delivered',
    delivered: 'Delivered',
    'permanent-failure': 'No such address',
    'temporary-failure': 'Content or inbox issue',
    'technical-failure': 'Tech issue',
    'virus-scan-failed': 'Attachment has virus',
  },
  sms: {
    created: 'In transit',
    sending: 'In transit',
    pending: 'In transit',
    sent: 'Sent',
    delivered: 'Delivered',
    'permanent-failure': 'No such number',
    'temporary-failure': 'Carrier issue',
    'technical-failure': 'Tech issue',
  },
  letter: {
    created: 'Accepted',
    sending: 'Accepted',
    delivered: 'Received',
    'technical-failure': 'Technical failure',
  },
};

function describeStatus({ status, notificationType, providerResponse }: DeliveryStatusFacts): string {
  // An address on a suppression list exists; it is not written to any more.
  const isBlocked = notificationType === 'email' && /suppression list/i.test(providerResponse ?? '');
  if (status === 'permanent-failure' && isBlocked) return 'Blocked';
  return descriptions[notificationType]?.[status] ?? status;
}
