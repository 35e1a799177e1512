import { defaultRetryPolicy } from '../domain/retry-policy.ts';
import type { Profile } from './profile.ts';
import { pythonJson } from './python-json.ts';

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
    statuses: new Set(finalStatuses),
    firstFinalOnly: true,
    finalStatuses: new Set(finalStatuses),
  },
  retryPolicy: defaultRetryPolicy,
  isSuccess: (status) => status >= 200 && status < 300,
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
