import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { migrate } from '../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

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
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
  );
  return rows.map(({ tablename }) => tablename);
};

test('applies every file in the order of the names, and the second time none', async () => {
  const names = (await readdir(new URL('../../src/db/migrations/', import.meta.url))).sort();

  expect(await migrate(database.pool)).toEqual(names);
  expect(await migrate(database.pool)).toEqual([]);

  const { rows } = await database.pool.query('SELECT name FROM migrations ORDER BY applied_at, name');
  expect(rows).toEqual(names.map((name) => ({ name })));
});

test('twenty processes that migrate at once apply each file once', async () => {
  const pools = Array.from({ length: 20 }, () => database.otherPool(1));
  const applied = await Promise.all(pools.map((pool) => migrate(pool)));

  const names = await readdir(new URL('../../src/db/migrations/', import.meta.url));
  expect(applied.flat().sort()).toEqual(names.sort());
  expect(applied.filter((own) => own.length > 0)).toHaveLength(1);
});

test('a file that fails leaves nothing of itself, and those before it stay', async () => {
  await write('0001_good.sql', 'CREATE TABLE good (id int)');
  await write('0002_bad.sql', 'CREATE TABLE half (id int); SELECT no_such_function();');
  await write('0003_never.sql', 'CREATE TABLE never (id int)');

  await expect(migrate(database.pool, folderUrl())).rejects.toThrow(
    'Migration 0002_bad.sql failed and was rolled back.',
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
