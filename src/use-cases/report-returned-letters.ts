import { v7 as uuidv7 } from 'uuid';
import { fromDate } from '../domain/instant.ts';
import type { MatchedLetters, ReturnedLetters } from '../domain/returned-letters.schema.ts';
import type { NotificationStore } from '../ports/index.ts';
import { createAcceptEvents, type AcceptancePorts } from './accept-events.ts';
import type { Caller } from './caller.ts';

export type ReportReturnedLettersUseCase = (caller: Caller, body: ReturnedLetters) => Promise<MatchedLetters>;

/**
 * Accepts that letters have come back, each as durably as a status, and becomes the `returned_letter` callbacks. A service
 * names its own letters only; the same letter reported again is told of again, as the Notify systems do.
 */
export function createReportReturnedLetters(
  ports: AcceptancePorts & { notifications: Pick<NotificationStore, 'findLetters'> },
): ReportReturnedLettersUseCase {
  const accept = createAcceptEvents(ports);

  return async (caller, { references }) => {
    const wanted = [...new Set(references)];
    const found = await ports.notifications.findLetters(
      wanted,
      caller.kind === 'service' ? caller.serviceId : null,
    );
    const letters = new Set(found.map(({ id }) => id));
    const now = fromDate(ports.now());
    await Promise.all(
      [...letters].map((notificationId) =>
        accept(caller, {
          notificationId,
          event: 'returned_letter',
          details: null,
          eventId: uuidv7(),
          status: 'returned-letter',
          acceptedAt: now,
          occurredAt: now,
          completedAt: now,
          sentAt: null,
          statusDescription: null,
          providerResponse: null,
        }),
      ),
    );
    const named = new Set(found.map(({ reference }) => reference));
    return {
      matched: letters.size,
      unmatched: wanted.filter((reference) => !named.has(reference)),
    };
  };
}
