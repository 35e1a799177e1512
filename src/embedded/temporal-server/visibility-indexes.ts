// Temporal's visibility table has over 70 indexes, and every start and close of a workflow writes them all: without
// those that no search of Ringback's uses, PostgreSQL needs about a quarter less processor time.
import type { Client } from 'pg';
import { withClient } from '../postgres/with-client.ts';

const alwaysKept = ['workflow_id', 'workflow_type_name', 'status'];
/** Columns that most indexes have besides the one they are for. */
const sharedColumns = ['namespace_id', 'start_time', 'run_id'];
const lockTimeoutMs = 5_000;

type Index = { name: string; definition: string; columns: string[]; is_unique: boolean };

/**
 * Drops the indexes that serve neither `mappedColumns` nor workflow id, type and status, and makes those again that
 * were dropped before and are wanted now. Returns the names of the indexes that were dropped.
 */
export async function trimVisibilityIndexes(
  visibilityUrl: string,
  mappedColumns: readonly string[],
): Promise<readonly string[]> {
  const wanted = new Set([...alwaysKept, ...mappedColumns]);
  const isWanted = ({ is_unique, columns }: Index): boolean => {
    const own = columns.filter((column) => !sharedColumns.includes(column));
    return is_unique || own.length === 0 || own.some((column) => wanted.has(column));
  };
  return await inTransaction(visibilityUrl, async (client) => {
    // Remembered beside the table, so that every definition survives this home and this version of Ringback.
    await client.query(
      `CREATE TABLE IF NOT EXISTS ringback_dropped_indexes
         (name text PRIMARY KEY, definition text NOT NULL, columns text[] NOT NULL)`,
    );
    const { rows: dropped } = await client.query<Index>(
      'SELECT name, definition, columns, false AS is_unique FROM ringback_dropped_indexes',
    );
    await restore(client, dropped.filter(isWanted));
    const unwanted = (await indexesOf(client)).filter((index) => !isWanted(index));
    for (const { name, definition, columns } of unwanted) {
      await client.query(`DROP INDEX ${client.escapeIdentifier(name)}`);
      await client.query(
        `INSERT INTO ringback_dropped_indexes VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, columns = excluded.columns`,
        [name, definition, columns],
      );
    }
    return unwanted.map(({ name }) => name);
  });
}

/** Makes every dropped index again, as an update of Temporal's schema expects to find them. */
export async function restoreVisibilityIndexes(visibilityUrl: string): Promise<void> {
  await inTransaction(visibilityUrl, async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'ringback_dropped_indexes'",
    );
    if (rowCount === 0) return;
    const { rows } = await client.query<Index>('SELECT * FROM ringback_dropped_indexes');
    await restore(client, rows);
  });
}

async function indexesOf(client: Client): Promise<Index[]> {
  // Expressions have no attribute, so an index over none but shared columns and expressions lists only those.
  const { rows } = await client.query<Index>(
    `SELECT class.relname AS name, pg_get_indexdef(class.oid) AS definition, index.indisunique AS is_unique,
            array_agg(attribute.attname::text) FILTER (WHERE attribute.attname IS NOT NULL) AS columns
       FROM pg_index index
       JOIN pg_class class ON class.oid = index.indexrelid
       LEFT JOIN pg_attribute attribute
         ON attribute.attrelid = index.indrelid AND attribute.attnum = ANY (index.indkey) AND attribute.attnum > 0
      WHERE index.indrelid = 'executions_visibility'::regclass
      GROUP BY class.oid, class.relname, index.indisunique`,
  );
  return rows;
}

async function restore(client: Client, indexes: readonly Index[]): Promise<void> {
  for (const { name, definition } of indexes) {
    await client.query(definition.replace(/^CREATE INDEX /, 'CREATE INDEX IF NOT EXISTS '));
    await client.query('DELETE FROM ringback_dropped_indexes WHERE name = $1', [name]);
  }
}

function inTransaction<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  return withClient(url, async (client) => {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  });
}
