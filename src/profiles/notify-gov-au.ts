import { defaultRetryPolicy } from '../domain/delivery/retry-policy.ts';
import { simulatorEmails, smokeTestEmails } from '../domain/acceptance/simulated-recipients.ts';
import { complaintBody } from './complaint-body.ts';
import { inboundBody } from './inbound-body.ts';
import { phoneNumbersOf } from './phone-numbers.ts';
import type { Profile } from './profile.ts';
import { pythonJson } from './python-json.ts';
import { timeoutByProgress } from './timeout-status.ts';

const phoneNumbers = phoneNumbersOf('AU', '+61491570156');

/** Those of its document, and its code's own word for what SAP could not deliver. */
const finalStatuses = ['delivered', 'permanent-failure', 'temporary-failure', 'technical-failure', 'failed'];

/** Notify.gov.au: eight keys in the order that it really sends, and every accepted status. */
export const notifyGovAu: Profile = {
  name: 'notify-gov-au',
  statuses: ['created', 'sending', 'pending', 'sent', ...finalStatuses],
  callbackRule: {
    notificationTypes: new Set(['sms', 'email']),
    statuses: 'every',
    firstFinalOnly: false,
    finalStatuses: new Set(finalStatuses),
  },
  retryPolicy: defaultRetryPolicy,
  simulatedRecipients: {
    temporaryFailure: ['426305770', '409000003', simulatorEmails.temporaryFailure],
    permanentFailure: ['426305771', '409000002', simulatorEmails.permanentFailure],
    smokeTest: [
      '400900000',
      '400900111',
      '400900222',
      '426305772',
      '426305773',
      '426305774',
      ...smokeTestEmails('notify.gov.au'),
    ],
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
      ['to', facts.notificationType === 'sms' ? phoneNumbers.toE164(facts.to) : facts.to],
      ['status', facts.status],
      ['created_at', facts.createdAt],
      ['completed_at', facts.completedAt],
      ['sent_at', facts.sentAt],
      ['notification_type', facts.notificationType],
    ]),
};
