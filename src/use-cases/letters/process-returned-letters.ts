import { noReportFields } from '../../domain/acceptance/acceptance.ts';
import { AppError } from '../../domain/errors.ts';
import { fromDate } from '../../domain/instant.ts';
import type { LetterReport } from '../../domain/notifications/returned-letters.schema.ts';
import type { LetterReportStore, ReturnedLetterEntry } from '../../ports/index.ts';
import type { Acceptor } from '../acceptance/accept-events.ts';

/**
 * Accepts the next `limit` letters of a report, each as durably as a status, and says how the report then stands; null
 * when there is none. A page that was broken off is done again and accepts nothing twice.
 */
export function createProcessReturnedLetters(
  ports: Acceptor & { letterReports: LetterReportStore },
): (reportId: string, limit: number) => Promise<LetterReport | null> {
  const { accept } = ports;

  const tell = async ({ notificationId, eventId }: ReturnedLetterEntry): Promise<void> => {
    const now = fromDate(ports.now());
    try {
      await accept(
        { kind: 'operator' },
        {
          notificationId,
          event: 'returned_letter',
          details: null,
          eventId,
          status: 'returned-letter',
          acceptedAt: now,
          occurredAt: now,
          ...noReportFields,
          completedAt: now,
        },
      );
    } catch (cause) {
      // One letter that is gone by now must not keep the others from being told of.
      if (!(cause instanceof AppError && cause.code === 'NOT_FOUND')) throw cause;
    }
  };

  return async (reportId, limit) => {
    const page = await ports.letterReports.next(reportId, limit);
    await Promise.all(page.map(tell));
    const last = page.at(-1);
    if (last) return ports.letterReports.advance(reportId, last.place);
    return (await ports.letterReports.find(reportId))?.report ?? null;
  };
}
