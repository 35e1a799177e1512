import { DatabaseError } from 'pg';
import { createGroupCommit } from '../domain/group-commit.ts';

const failedTogether = Symbol('failed together');
const maxGroupsInFlight = 2;
// One that waits for a lock until its time is up keeps the others of its group waiting no longer than they need.
const maxAloneInFlight = 4;

/**
 * Lets callers of the same moment share a statement. One that fails is made again for each of them alone, so that
 * nobody's data fails another; unless the database is away, which is the same for all.
 */
export function createSharedStatement<T, R>(options: {
  /** Answers in the order of its items; all of it is one transaction. */
  together: (items: T[]) => Promise<R[]>;
  alone: (item: T) => Promise<R>;
  maxItems: number;
  /** See `createGroupCommit`. */
  spacingMs: number;
}): (item: T) => Promise<R> {
  const { together, alone, maxItems, spacingMs } = options;
  const oneByOne = (items: T[]): Promise<R[]> => Promise.all(items.map(alone));

  const share = createGroupCommit<T, R | typeof failedTogether>({
    commit: async (items) => {
      if (items.length === 1) return oneByOne(items);
      try {
        return await together(items);
      } catch (cause) {
        // What the server refused has left nothing behind. After any other failure that is not known.
        if (!(cause instanceof DatabaseError)) throw cause;
        return items.map(() => failedTogether);
      }
    },
    maxItems,
    spacingMs,
    maxInFlight: maxGroupsInFlight,
  });
  const retry = createGroupCommit<T, R>({ commit: oneByOne, maxItems: 1, maxInFlight: maxAloneInFlight });

  return async (item) => {
    const result = await share(item);
    return result === failedTogether ? retry(item) : result;
  };
}
