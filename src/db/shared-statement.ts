import { DatabaseError } from 'pg';
import { AppError } from '../domain/errors.ts';
import { createSharedCommit, retryAlone } from '../domain/shared-commit.ts';

const maxGroupsInFlight = 2;

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
  const { together, ...rest } = options;
  return createSharedCommit<T, R>({
    ...rest,
    maxInFlight: maxGroupsInFlight,
    together: async (items) => {
      try {
        return await together(items);
      } catch (cause) {
        if (!isRefusedByServer(cause)) throw cause;
        return items.map(() => retryAlone);
      }
    },
  });
}

/** What the server refused has left nothing behind. After any other failure that is not known. */
function isRefusedByServer(cause: unknown): boolean {
  return cause instanceof DatabaseError || (cause instanceof AppError && cause.code === 'INVALID_INPUT');
}
