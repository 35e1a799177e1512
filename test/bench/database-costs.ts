// What the databases were asked for, as PostgreSQL counts it itself.
import { withClient } from '../../src/embedded/postgres/with-client.ts';

/** Each statement of ours is a transaction and a round trip of its own, but for a handful outside the way of a status. */
type DatabaseCount = { transactions: number; rowsWritten: number };
export type DatabaseCounts = { ringback: DatabaseCount; temporal: DatabaseCount };

/** Sessions tell their counts 10 s after they became idle at the latest. */
export const tellsWithinSeconds = 11;

export function databaseCounts(adminUrl: string): Promise<DatabaseCounts> {
  return withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ name: string; transactions: number; rows_written: number }>(
      `SELECT split_part(datname, '_', 1) AS name, sum(xact_commit + xact_rollback)::float8 AS transactions,
         sum(tup_inserted + tup_updated + tup_deleted)::float8 AS rows_written
       FROM pg_stat_database WHERE datname IN ('ringback', 'temporal', 'temporal_visibility') GROUP BY 1`,
    );
    const of = (name: string): DatabaseCount => {
      const row = rows.find((one) => one.name === name);
      return { transactions: row?.transactions ?? 0, rowsWritten: row?.rows_written ?? 0 };
    };
    return { ringback: of('ringback'), temporal: of('temporal') };
  });
}

export function minus(left: DatabaseCounts, right: DatabaseCounts): DatabaseCounts {
  return combined(left, right, (one, other) => one - other);
}

export function times(counts: DatabaseCounts, factor: number): DatabaseCounts {
  return combined(counts, counts, (one) => one * factor);
}

function combined(
  left: DatabaseCounts,
  right: DatabaseCounts,
  combine: (left: number, right: number) => number,
): DatabaseCounts {
  const of = (name: keyof DatabaseCounts): DatabaseCount => ({
    transactions: combine(left[name].transactions, right[name].transactions),
    rowsWritten: combine(left[name].rowsWritten, right[name].rowsWritten),
  });
  return { ringback: of('ringback'), temporal: of('temporal') };
}
