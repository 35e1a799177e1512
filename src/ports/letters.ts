// Letters that came back.
import type { KeyType } from '../domain/access/key-type.ts';
import type { LetterReport } from '../domain/notifications/returned-letters.schema.ts';

/** A letter of a report that is still to be told of. */
export type ReturnedLetterEntry = { place: number; notificationId: string; eventId: string };

export interface LetterReportStore {
  /** Stores the report of letters, in their order, and asks for the workflow that tells of them. */
  create(report: {
    id: string;
    serviceId: string | null;
    keyType: KeyType;
    letters: readonly { notificationId: string; eventId: string }[];
  }): Promise<void>;
  find(id: string): Promise<{ report: LetterReport; serviceId: string | null; keyType: KeyType } | null>;
  /** Up to `limit` letters that come next. */
  next(id: string, limit: number): Promise<ReturnedLetterEntry[]>;
  /** Notes that all up to and including `place` have been accepted, and says how the report then stands. */
  advance(id: string, place: number): Promise<LetterReport | null>;
}
