import type { ReturnedLetterFacts } from '../domain/notifications/letter.ts';
import { pythonJson } from './python-json.ts';

/** As GOV.UK Notify and NotifyNL send it: a letter without a template has the text `None` for its id, and only there. */
export function returnedLetterBody(facts: ReturnedLetterFacts): string {
  return pythonJson([
    ['notification_id', facts.notificationId],
    ['reference', facts.reference],
    ['date_sent', facts.createdAt],
    ['sent_by', facts.sentBy ?? 'API'],
    ['template_name', facts.templateName],
    ['template_id', facts.templateId ?? 'None'],
    ['template_version', facts.templateVersion],
    ['spreadsheet_file_name', facts.spreadsheetFileName],
    ['spreadsheet_row_number', facts.spreadsheetRowNumber],
    ['upload_letter_file_name', facts.uploadLetterFileName],
  ]);
}
