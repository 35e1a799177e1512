import { readdir, readFile } from 'node:fs/promises';
import type { Pool, PoolClient } from 'pg';
import { withoutValues } from './without-values.ts';

const ownFolder = new URL('./migrations/', import.meta.url);
// Any constant of our own: whoever holds it migrates, the others wait and then find nothing left to do.
const advisoryLock = 7_264_225_011;

/** Brings the schema up to date, one file a transaction, and returns the names of those that were new. */
export async function migrate(pool: Pool, folder = ownFolder): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('SET statement_timeout = 0');
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations');
    const applied = new Set(rows.map(({ name }) => name));
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
    const missing = names.filter((name) => !applied.has(name));
    for (const name of missing) await apply(client, folder, name);
    return missing;
  } finally {
    // Closing the session gives the lock back whatever state it is in.
    client.release(true);
  }
}

async function apply(client: PoolClient, folder: URL, name: string): Promise<void> {
  const sql = await readFile(new URL(name, folder), 'utf8');
  await client.query('BEGIN');
  try {
    await client.query('INSERT INTO migrations (name) VALUES ($1)', [name]);
    await client.query(sql);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    throw new Error(`Migration ${name} failed and was rolled back.`, { cause: withoutValues(cause) });
  }
}
