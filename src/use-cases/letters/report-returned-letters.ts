import { v7 as uuidv7 } from 'uuid';
import { groupBy } from '../../concurrency/group-by.ts';
import { invalidField, notFound } from '../../domain/errors.ts';
import {
  maxLetterReferences,
  type LetterReport,
  type MatchedLetters,
  type ReturnedLetters,
} from '../../domain/notifications/returned-letters.schema.ts';
import type { LetterReportStore, NotificationStore } from '../../ports/index.ts';
import { createYielder } from '../../concurrency/yield-turns.ts';
import { keyTypeOf, maySee, scopeOf, type Caller } from '../access/caller.ts';

/** So many references are looked up at a time: a list of all of them would hold the event loop while it is made. */
const pageSize = 2_000;

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
  const scope = scopeOf(caller);
  const seen = new Set<string>();
  const ids = new Set<string>();
  const unmatched: string[] = [];
  // As many as there can be references: what one reference names is no more than what they all may.
  let left = maxLetterReferences;
  for (let at = 0; at < references.length; at += pageSize) {
    const wanted = references.slice(at, at + pageSize).filter((reference) => !seen.has(reference));
    for (const reference of wanted) seen.add(reference);
    const named = await ports.notifications.findLetters([...new Set(wanted)], scope, left + 1);
    left -= named.length;
    if (left < 0)
      throw invalidField(
        'references',
        `name more than ${maxLetterReferences} letters: report fewer at a time`,
      );
    const found = onlyOwned(named);
    for (const { id } of found) ids.add(id);
    const taken = new Set(found.map(({ reference }) => reference));
    unmatched.push(...new Set(wanted.filter((reference) => !taken.has(reference))));
  }
  const answer = { matched: ids.size, unmatched };
  if (ids.size === 0) return { answer, reportId: null };

  const id = uuidv7();
  // The event ids are given here, so that a page which is told twice is recognised.
  const letters: { notificationId: string; eventId: string }[] = [];
  const turns = createYielder();
  for (const notificationId of ids) {
    letters.push({ notificationId, eventId: uuidv7() });
    if (turns.isOver()) await turns.give();
  }
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
