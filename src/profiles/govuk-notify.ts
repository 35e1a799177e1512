import { defaultRetryPolicy } from '../domain/delivery/retry-policy.ts';
import { simulatorEmails, smokeTestEmails } from '../domain/acceptance/simulated-recipients.ts';
import { complaintBody } from './complaint-body.ts';
import { inboundBody } from './inbound-body.ts';
import { phoneNumbersOf } from './phone-numbers.ts';
import type { Profile } from './profile.ts';
import { returnedLetterBody } from './returned-letter-body.ts';
import { pythonJson } from './python-json.ts';
import { timeoutAsTemporary } from './timeout-status.ts';

const phoneNumbers = phoneNumbersOf('GB', '07700900123');

const finalStatuses = ['delivered', 'permanent-failure', 'temporary-failure', 'technical-failure'];

/** GOV.UK Notify: its document's ten keys in their order, its four final statuses, the first of them only. */
export const govukNotify: Profile = {
  name: 'govuk-notify',
  statuses: [
    'created',
    'sending',
    'pending',
    'sent',
    ...finalStatuses,
    'pending-virus-check',
    'virus-scan-failed',
    'validation-failed',
    'cancelled',
    'returned-letter',
  ],
  callbackRule: {
    notificationTypes: new Set(['sms', 'email']),
    statuses: new Set(finalStatuses),
    firstFinalOnly: true,
    finalStatuses: new Set(finalStatuses),
  },
  retryPolicy: defaultRetryPolicy,
  simulatedRecipients: {
    temporaryFailure: ['7700900003', simulatorEmails.temporaryFailure],
    permanentFailure: ['7700900002', simulatorEmails.permanentFailure],
    smokeTest: ['7700900000', '7700900111', '7700900222', ...smokeTestEmails('notifications.service.gov.uk')],
  },
  phoneNumbers,
  inboundNumbers: { source: phoneNumbers.toDigits, own: phoneNumbers.toNational },
  timeoutStatus: timeoutAsTemporary,
  isSuccess: (status) => status >= 200 && status < 300,
  honoursRetryAfter: true,
  complaintBody,
  inboundBody,
  returnedLetterBody,
  deliveryStatusBody: (facts) =>
    pythonJson([
      ['id', facts.id],
      ['reference', facts.reference],
      ['to', facts.to],
      ['status', facts.status],
      ['created_at', facts.createdAt],
      ['completed_at', facts.completedAt],
      ['sent_at', facts.sentAt],
      ['notification_type', facts.notificationType],
      ['template_id', facts.templateId],
      ['template_version', facts.templateVersion],
    ]),
};
