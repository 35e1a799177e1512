import { Pool, types, type PoolConfig } from 'pg';
import { toInstant } from '../domain/instant.ts';

// bigint counts stay far below 2^53; times are Instants because a Date would drop the microseconds.
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, Number],
  [types.builtins.TIMESTAMPTZ, toInstant],
]);

/** The pool of one process: every session speaks UTC and ISO, and no statement may hang a request for ever. */
export function createPool(
  databaseUrl: string,
  options: { max: number } & Pick<PoolConfig, 'application_name'>,
): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    options: '-c timezone=UTC -c datestyle=ISO',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        (format !== 'binary' && parsers.get(oid)) || types.getTypeParser(oid, format ?? 'text'),
    } as PoolConfig['types'],
    ...options,
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}
