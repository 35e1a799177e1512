import type { Instant } from '../instant.ts';

/** What is known of a letter beside what every notification has. */
export type LetterDetails = {
  templateName: string | null;
  sentBy: string | null;
  spreadsheetFileName: string | null;
  spreadsheetRowNumber: number | null;
  uploadLetterFileName: string | null;
};

/** Everything the body of a returned letter can be made of. */
export type ReturnedLetterFacts = LetterDetails & {
  notificationId: string;
  reference: string | null;
  createdAt: Instant;
  templateId: string | null;
  templateVersion: number | null;
};
