import { v7 as uuidv7 } from 'uuid';
import { notFound } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import type { LetterReport, MatchedLetters, ReturnedLetters } from '../domain/returned-letters.schema.ts';
import type { LetterReportStore, NotificationStore } from '../ports/index.ts';
import { keyTypeOf, maySee, scopeOf, type Caller } from './caller.ts';

/**
 * Takes down which letters have come back and answers which of them are known; a workflow then tells of each by the
 * `returned_letter` callback, under a report that is null where there are none. A service names its own letters only; the same letter reported again is told of again, as the
 * Notify systems do.
 */
export async function reportReturnedLetters(
  ports: { notifications: Pick<NotificationStore, 'findLetters'>; letterReports: LetterReportStore },
  caller: Caller,
  { references }: ReturnedLetters,
): Promise<{ answer: MatchedLetters; reportId: string | null }> {
  const wanted = [...new Set(references)];
  const scope = scopeOf(caller);
  const found = onlyOwned(await ports.notifications.findLetters(wanted, scope));
  const named = new Set(found.map(({ reference }) => reference));
  const unmatched = wanted.filter((reference) => !named.has(reference));
  const ids = [...new Set(found.map(({ id }) => id))];
  const answer = { matched: ids.length, unmatched };
  if (ids.length === 0) return { answer, reportId: null };

  const id = uuidv7();
  // The event ids are given here, so that a page which is told twice is recognised.
  const letters = ids.map((notificationId) => ({ notificationId, eventId: uuidv7() }));
  await ports.letterReports.create({
    ...{ id, letters },
    serviceId: scope?.serviceId ?? null,
    keyType: keyTypeOf(caller),
  });
  return { answer, reportId: id };
}

type FoundLetter = { id: string; serviceId: string; reference: string };

/** An id names its letter only; what letters of several services are called names none of them. */
function onlyOwned(found: readonly FoundLetter[]): FoundLetter[] {
  return [...groupBy(found, ({ reference }) => reference)].flatMap(([reference, letters]) => {
    const byId = letters.filter(({ id }) => id === reference.toLowerCase());
    if (byId.length > 0) return byId;
    return new Set(letters.map(({ serviceId }) => serviceId)).size === 1 ? letters : [];
  });
}

/** How far the telling of a report is; a service sees its own. */
export async function showLetterReport(
  ports: { letterReports: LetterReportStore },
  caller: Caller,
  id: string,
): Promise<LetterReport> {
  const found = await ports.letterReports.find(id);
  const owner = found && { serviceId: found.serviceId ?? 'the operator', keyType: found.keyType };
  if (!owner || !maySee(caller, owner)) throw notFound('report');
  return found.report;
}
