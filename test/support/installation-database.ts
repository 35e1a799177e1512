import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPool } from '../../src/db/postgres/pool.ts';

/** A pool on an installation's own embedded database, for what no caller may do, such as turning its clock. */
export async function openInstallationDatabase(home: string) {
  const read = async (name: string) => JSON.parse(await readFile(join(home, name), 'utf8')) as never;
  const { ringback: password }: { ringback: string } = await read('database-passwords.json');
  const { postgres: port }: { postgres: number } = await read('ports.json');
  return createPool(`postgres://ringback:${password}@127.0.0.1:${port}/ringback`, { max: 2 });
}
