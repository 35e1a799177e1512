import type { DispatchEntry } from '../ports/index.ts';

/**
 * The entries that this process knows to be its own, so that of what the database names as such only those are taken up
 * that got lost on the way here: a deletion that is under way while the database is read must not look like one of these.
 */
export function createKnownEntries() {
  const known = new Set<string>();
  const deleted: string[] = [];

  return {
    add(entries: readonly DispatchEntry[]): void {
      for (const entry of entries) known.add(keyOf(entry));
    },

    /** They are no longer in the database; a reading that is under way may still have seen them. */
    areDeleted(entries: readonly DispatchEntry[]): void {
      deleted.push(...entries.map(keyOf));
    },

    /** They are in the database, and no longer here. */
    areLost(entries: readonly DispatchEntry[]): void {
      for (const entry of entries) known.delete(keyOf(entry));
    },

    /** Those that `read` finds and that were known at no moment of the reading. */
    async except(read: () => Promise<DispatchEntry[]>): Promise<DispatchEntry[]> {
      for (const key of deleted.splice(0)) known.delete(key);
      return (await read()).filter((entry) => !known.has(keyOf(entry)));
    },
  };
}

const keyOf = ({ notificationId, sequence, generation }: DispatchEntry): string =>
  `${notificationId}/${sequence}/${generation}`;
