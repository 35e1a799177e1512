import { createGroupCommit } from './group-commit.ts';
import { createKeyedMutex } from './keyed-mutex.ts';

/** Of an item whose group has failed, perhaps because of another one. */
export const retryAlone = Symbol('retry alone');

// One that waits for a lock until its time is up keeps the others of its group waiting no longer than they need.
const maxAloneInFlight = 4;

/**
 * A group commit in which nobody's data fails another: the items that `together` leaves to be retried are committed again,
 * each alone. Those of the same key keep their order.
 */
export function createSharedCommit<T, R>(options: {
  /** Answers in the order of its items. What it throws is the same for all: the database is away. */
  together: (items: T[]) => Promise<(R | typeof retryAlone)[]>;
  alone: (item: T) => Promise<R>;
  keyOf?: (item: T) => string;
  maxItems: number;
  maxInFlight: number;
  /** See `createGroupCommit`. */
  spacingMs?: number;
}): (item: T) => Promise<R> {
  const { together, alone, keyOf, ...bounds } = options;
  const oneByOne = (items: T[]): Promise<R[]> => Promise.all(items.map(alone));
  const share = createGroupCommit<T, R | typeof retryAlone>({
    ...bounds,
    commit: (items) => (items.length === 1 ? oneByOne(items) : together(items)),
  });
  const retry = createGroupCommit<T, R>({ commit: oneByOne, maxItems: 1, maxInFlight: maxAloneInFlight });
  const inTurn = createKeyedMutex();

  return async (item) => {
    const result = await share(item);
    if (result !== retryAlone) return result;
    return keyOf ? inTurn(keyOf(item), () => retry(item)) : retry(item);
  };
}
