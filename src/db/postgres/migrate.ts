import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { withoutValues } from './without-values.ts';
import { schemaName } from './pool.ts';

const ownFolder = new URL('../migrations/', import.meta.url);
// Any constant of our own: the session that holds it migrates, the others wait and then find nothing left to do.
const advisoryLock = 7_264_225_011;
/** The first line of a file that PostgreSQL must not run in a transaction, as `CREATE INDEX CONCURRENTLY`. */
const outsideTransaction = '-- no transaction';
// A statement that waits for its lock makes all later ones wait behind it, so it gives up soon and is tried again.
const lockTimeoutMs = 3_000;
const lockTries = 10;
const lockPauseMs = 500;

type Migration = { name: string; sql: string; checksum: string };

/** The database does not fit this version; the message says what to do. */
class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/**
 * Brings the schema up to date, one file per transaction, and returns the names of the files it applied. Throws SchemaError
 * for a database that is newer than this version, or whose applied files were changed since.
 */
export async function migrate(pool: Pool, folder = ownFolder): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('SET statement_timeout = 0');
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schemaName}`);
    await client.query(
      `CREATE TABLE IF NOT EXISTS migrations
         (name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const missing = await findPending(client, folder);
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    // Closing the session releases the lock whatever state it is in.
    client.release(true);
  }
}

/** Throws SchemaError unless the schema is exactly the one of this version. */
async function requireCurrentSchema(pool: Pool, folder = ownFolder): Promise<void> {
  const missing = await findPending(pool, folder);
  if (missing.length > 0)
    throw new SchemaError(
      `The database lacks ${missing.map(({ name }) => name).join(', ')}: run \`npm run migrate\` first.`,
    );
}

/**
 * Sets up a database that was never migrated, in which a migration can lock and change nothing; any other has to be current.
 * Returns the files it applied.
 */
export async function setUpOrRequireCurrent(pool: Pool, folder = ownFolder): Promise<string[]> {
  if (!(await hasLedger(pool))) return migrate(pool, folder);
  await requireCurrentSchema(pool, folder);
  return [];
}

async function hasLedger(db: Pick<Pool | PoolClient, 'query'>): Promise<boolean> {
  const { rows } = await db.query<{ found: string | null }>(
    `SELECT to_regclass('${schemaName}.migrations') AS found`,
  );
  return rows[0]?.found != null;
}

async function findPending(db: Pick<Pool | PoolClient, 'query'>, folder: URL): Promise<Migration[]> {
  const files = await readMigrations(folder);
  if (!(await hasLedger(db))) return files;
  const { rows } = await db.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM migrations',
  );
  const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const known = new Set(files.map(({ name }) => name));
  const newer = [...applied.keys()].filter((name) => !known.has(name));
  if (newer.length > 0)
    throw new SchemaError(
      `The database is newer than this version of Ringback: it has ${newer.join(', ')}. Start the newer version.`,
    );
  const changed = files.filter(({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum);
  if (changed.length > 0)
    throw new SchemaError(
      `${changed.map(({ name }) => name).join(', ')} was changed after it was applied: restore the file, and put the change into a new one.`,
    );
  return files.filter(({ name }) => !applied.has(name));
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function apply(client: PoolClient, migration: Migration): Promise<void> {
  const run = migration.sql.startsWith(outsideTransaction) ? runAlone : runInTransaction;
  for (let tries = 1; ; tries += 1) {
    try {
      await run(client, migration);
      return;
    } catch (raw) {
      const cause = withoutValues(raw);
      if (isLockTimeout(cause) && tries < lockTries) {
        await sleep(lockPauseMs);
        continue;
      }
      throw new Error(`Migration ${migration.name} failed: ${reasonOf(cause)}`, { cause });
    }
  }
}

async function runInTransaction(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await record(client, name, checksum);
    await client.query(sql);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    throw cause;
  }
}

/** One statement that can be repeated. Indexes that an interrupted `CONCURRENTLY` left invalid are dropped first. */
async function runAlone(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  const { rows } = await client.query<{ index: string }>(
    `SELECT indexrelid::regclass::text AS index FROM pg_index
     WHERE NOT indisvalid AND indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace($1))`,
    [schemaName],
  );
  for (const { index } of rows) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
  await client.query(sql);
  await record(client, name, checksum);
}

async function record(client: PoolClient, name: string, checksum: string): Promise<void> {
  await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
}

function isLockTimeout(cause: unknown): boolean {
  return (cause as { code?: unknown }).code === '55P03';
}

function reasonOf(cause: unknown): string {
  if (isLockTimeout(cause))
    return 'another session holds a lock that it needs. Nothing was changed; run it again when the load is lower.';
  return cause instanceof Error ? `${cause.message}. Nothing of it was kept.` : 'no reason given';
}
