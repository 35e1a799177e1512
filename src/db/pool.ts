import { DatabaseError, Pool, TypeOverrides, types, type PoolClient, type PoolConfig } from 'pg';
import { AppError } from '../domain/errors.ts';
import { toInstant } from '../domain/instant.ts';
import { withoutValues } from './without-values.ts';

// bigint counts stay far below 2^53; times are Instants because a Date would drop the microseconds.
const parsers = new TypeOverrides();
parsers.setTypeParser(types.builtins.INT8, Number);
parsers.setTypeParser(types.builtins.TIMESTAMPTZ, toInstant);

// A session keeps the plan of a prepared statement. One that it made while a table was as good as empty would read the
// table whole for as long as it takes until that is next analysed; at these costs an index is the cheaper way from the
// first row on. Nothing here ever wants a whole table.
const planning = '-c seq_page_cost=4 -c random_page_cost=1.1';

/** All our tables are here, so that a shared database's `public` stays its owner's. */
export const schemaName = 'ringback';

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
    options: `-c search_path=${schemaName} -c timezone=UTC -c datestyle=ISO ${planning}`,
    types: parsers,
    ...options,
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  // Stores only ever ask through the pool and with promises, so this is where a lost database gets its
  // name, and where an error loses the values that it quotes.
  pool.query = ((...args: unknown[]) =>
    query(...args).catch((cause: unknown) => {
      throw named(cause);
    })) as typeof pool.query;
  return pool;
}

/** For the few things that no single statement can do: all of `work` or nothing of it. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((cause: unknown) => {
    throw named(cause);
  });
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (cause) {
    // Closing the session rolls back whatever state it is in.
    client.release(true);
    throw named(cause);
  }
}

function named(cause: unknown): unknown {
  const shown = withoutValues(cause);
  if (isConnectionLost(cause))
    return new AppError('UNAVAILABLE', 'The database does not answer; try again shortly.', { cause: shown });
  if (isRefusedValue(cause))
    return new AppError('INVALID_INPUT', 'A value in the request cannot be stored: correct it.', {
      cause: shown,
    });
  return shown;
}

/** SQLSTATE classes 22, a value that its type does not have, and 54, one that is too large for its index or row. */
function isRefusedValue(cause: unknown): boolean {
  return cause instanceof DatabaseError && /^(22|54)/.test(cause.code ?? '');
}

/** SQLSTATE class 08 and the shutdown codes, what the socket says, and what the driver says without a code. */
function isConnectionLost(cause: unknown): boolean {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (typeof code === 'string')
    return /^(08|57P0[1-3]|53300)/.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/.test(code);
  return /connection terminated|timeout exceeded when trying to connect|not queryable/i.test(String(message));
}
