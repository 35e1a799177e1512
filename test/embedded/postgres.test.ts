import { lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { embeddedPostgres } from '../../src/embedded/postgres/postgres.ts';
import { createSupervisor } from '../../src/embedded/process/supervisor.ts';
import type { Supervisor } from '../../src/embedded/process/supervisor.ts';
import { withClient } from '../../src/embedded/postgres/with-client.ts';
import { eventually } from './eventually.ts';
import { recordingLog } from './recording-log.ts';
import { removeHome, temporaryFolder } from './temporary-folder.ts';

const timeoutMs = 60_000;

let home = '';
let supervisor: Supervisor | undefined;

beforeEach(async () => {
  home = await temporaryFolder();
  await mkdir(join(home, 'run'));
  await mkdir(join(home, 'logs'));
}, timeoutMs);
afterEach(async () => {
  await supervisor?.stop();
  await removeHome(home);
}, timeoutMs);

async function start(): ReturnType<typeof embeddedPostgres> {
  supervisor = await createSupervisor(join(home, 'run'), recordingLog());
  const postgres = await embeddedPostgres(home, recordingLog());
  await supervisor.add(postgres.part);
  return postgres;
}

function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  return withClient(url, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}

const postmasterPid = async (): Promise<number> =>
  Number((await readFile(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);

test(
  'PostgreSQL starts in a home that only its owner may enter, also for root, and keeps its secrets private',
  async () => {
    const { urls } = await start();

    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect((await stat(join(home, 'database-passwords.json'))).mode & 0o777).toBe(0o600);
    const isRoot = process.getuid?.() === 0;
    expect((await lstat(join(home, 'postgres'))).isSymbolicLink()).toBe(isRoot);
    const settings = await query(
      urls.admin,
      "SELECT current_setting('fsync') AS fsync, current_setting('listen_addresses') AS host",
    );
    expect(settings).toEqual([{ fsync: 'on', host: '127.0.0.1' }]);
  },
  timeoutMs,
);

test(
  'each role owns its databases and can enter no other',
  async () => {
    const { urls } = await start();

    await query(urls.ringback, 'CREATE TABLE mine (id int)');
    await query(urls.temporalVisibility, 'CREATE TABLE mine (id int)');
    const trespass = new URL(urls.ringback);
    trespass.pathname = '/temporal';
    await expect(query(trespass.href, 'SELECT 1')).rejects.toThrow(
      /permission denied for database "temporal"/,
    );
    await expect(query(urls.ringback, 'CREATE ROLE other')).rejects.toThrow(/permission denied/);
  },
  timeoutMs,
);

test(
  'after SIGKILL PostgreSQL is started again on the same port with what was committed',
  async () => {
    const { urls } = await start();
    await query(urls.ringback, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
    const first = await postmasterPid();

    process.kill(first, 'SIGKILL');
    await eventually(() =>
      query(urls.ringback, 'SELECT id FROM kept').then(
        (rows) => rows[0]?.['id'] === 7,
        () => false,
      ),
    );

    expect(await postmasterPid()).not.toBe(first);
  },
  timeoutMs,
);

test(
  'a start finds the postmaster of one that was killed, stops it and goes on with its data',
  async () => {
    const { urls, part } = await start();
    await supervisor?.stop();
    const abandoned = await part.launch();
    await part.waitUntilReady(abandoned, new AbortController().signal);
    await query(urls.ringback, 'CREATE TABLE kept (id int)');

    const again = await start();

    expect(await abandoned.exited).toEqual({ code: 0, signal: null });
    expect(await query(again.urls.ringback, 'SELECT id FROM kept')).toEqual([]);
  },
  timeoutMs,
);
