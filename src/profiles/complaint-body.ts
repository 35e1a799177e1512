import type { ComplaintFacts } from '../domain/notifications/complaint.ts';
import { pythonJson } from './python-json.ts';

/** The same five keys in all systems of the Notify family. */
export function complaintBody(facts: ComplaintFacts): string {
  return pythonJson([
    ['notification_id', facts.notificationId],
    ['complaint_id', facts.complaintId],
    ['reference', facts.reference],
    ['to', facts.to],
    ['complaint_date', facts.complaintDate],
  ]);
}
