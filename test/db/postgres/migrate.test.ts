import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { migrate, setUpOrRequireCurrent } from '../../../src/db/postgres/migrate.ts';
import { until } from '../../support/until.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase({ isEmpty: true });
  folder = await mkdtemp(join(tmpdir(), 'ringback-migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const folderUrl = (): URL => pathToFileURL(`${folder}/`);
const write = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);
const tables = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'ringback' ORDER BY tablename",
  );
  return rows.map(({ tablename }) => tablename);
};

test('applies every file in the order of the names, and the second time none', async () => {
  const names = (await readdir(new URL('../../../src/db/migrations/', import.meta.url))).sort();

  expect(await migrate(database.pool)).toEqual(names);
  expect(await migrate(database.pool)).toEqual([]);

  const { rows } = await database.pool.query('SELECT name FROM migrations ORDER BY applied_at, name');
  expect(rows).toEqual(names.map((name) => ({ name })));
});

test('twenty processes that migrate at once apply each file once', async () => {
  const pools = Array.from({ length: 20 }, () => database.otherPool(1));
  const applied = await Promise.all(pools.map((pool) => migrate(pool)));

  const names = await readdir(new URL('../../../src/db/migrations/', import.meta.url));
  expect(applied.flat().sort()).toEqual(names.sort());
  expect(applied.filter((own) => own.length > 0)).toHaveLength(1);
});

test('a file that fails leaves nothing of itself, and those before it stay', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int)');
  await write('0002_bad.sql', 'CREATE TABLE half (id int); SELECT no_such_function();');
  await write('0003_never.sql', 'CREATE TABLE never (id int)');

  await expect(migrate(database.pool, folderUrl())).rejects.toThrow(
    'Migration 0002_bad.sql failed: function no_such_function() does not exist. Nothing of it was kept.',
  );

  expect(await tables()).toEqual(['good', 'migrations']);
});

test('goes on where it failed, once the file is mended', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int)');
  await write('0002_bad.sql', 'nonsense');
  await migrate(database.pool, folderUrl()).catch(() => undefined);
  await write('0002_bad.sql', 'CREATE TABLE mended (id int)');

  expect(await migrate(database.pool, folderUrl())).toEqual(['0002_bad.sql']);
  expect(await tables()).toEqual(['good', 'mended', 'migrations']);
});

test('a file may take longer than a statement of the application may', async () => {
  await write('0001_seen.sql', "CREATE TABLE seen AS SELECT current_setting('statement_timeout') AS value");
  await migrate(database.pool, folderUrl());
  expect((await database.pool.query('SELECT value FROM seen')).rows).toEqual([{ value: '0' }]);
});

test('everything is in a schema of its own, and nothing in public', async () => {
  await migrate(database.pool);

  const { rows } = await database.pool.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
  expect(rows).toEqual([{ count: 0 }]);
  expect(await tables()).toContain('statuses');
});

test('refuses a database that a newer version has migrated, and names what it does not know', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int)');
  await migrate(database.pool, folderUrl());
  await rm(join(folder, '0001_good.sql'));

  const refusal = 'The database is newer than this version of Ringback: it has 0001_good.sql.';
  await expect(migrate(database.pool, folderUrl())).rejects.toThrow(refusal);
  await expect(setUpOrRequireCurrent(database.pool, folderUrl())).rejects.toThrow(refusal);
});

test('refuses a file that was changed after it was applied', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int)');
  await migrate(database.pool, folderUrl());
  await write('0001_good.sql', 'CREATE TABLE good (id bigint)');

  await expect(migrate(database.pool, folderUrl())).rejects.toThrow(
    '0001_good.sql was changed after it was applied',
  );
});

test('a new database is set up; in any other, a version that finds files missing says which command applies them', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int)');
  expect(await setUpOrRequireCurrent(database.pool, folderUrl())).toEqual(['0001_good.sql']);
  expect(await setUpOrRequireCurrent(database.pool, folderUrl())).toEqual([]);
  await write('0002_next.sql', 'CREATE TABLE next (id int)');

  await expect(setUpOrRequireCurrent(database.pool, folderUrl())).rejects.toThrow(
    'The database lacks 0002_next.sql: run `npm run migrate` first.',
  );
});

test('a file that waits for a lock gives up soon, so that nobody waits behind it, and is tried again', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int)');
  await migrate(database.pool, folderUrl());
  await write('0002_change.sql', 'ALTER TABLE good ADD COLUMN name text');
  const holder = await database.otherPool(1).connect();
  await holder.query('BEGIN; LOCK TABLE good IN ACCESS SHARE MODE');

  const migrating = migrate(database.otherPool(1), folderUrl());
  const failures = async (): Promise<number> => {
    const { rows } = await database.pool.query<{ waiting: number }>(
      "SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted AND relation = 'good'::regclass",
    );
    return rows[0]?.waiting ?? 0;
  };
  await until('the migration waits', async () => (await failures()) === 1);
  await until('it has given up for a moment', async () => (await failures()) === 0);
  await holder.query('COMMIT');
  holder.release();

  expect(await migrating).toEqual(['0002_change.sql']);
}, 30_000);

test('an index is made concurrently, and one that was left invalid is made anew', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int); INSERT INTO good VALUES (1), (1)');
  await write('0002_unique.sql', '-- no transaction\nCREATE UNIQUE INDEX CONCURRENTLY good_id ON good (id)');
  await expect(migrate(database.pool, folderUrl())).rejects.toThrow('Migration 0002_unique.sql failed');
  await database.pool.query('DELETE FROM good WHERE ctid = (SELECT min(ctid) FROM good)');

  expect(await migrate(database.pool, folderUrl())).toEqual(['0002_unique.sql']);
  const { rows } = await database.pool.query(
    "SELECT indisvalid FROM pg_index WHERE indexrelid = 'good_id'::regclass",
  );
  expect(rows).toEqual([{ indisvalid: true }]);
});
