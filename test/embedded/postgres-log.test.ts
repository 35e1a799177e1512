// What PostgreSQL writes down of errors that a statement's values can cause: nothing that was in the statement.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { embeddedPostgres, type PostgresUrls } from '../../src/embedded/postgres.ts';
import { createSupervisor, type Supervisor } from '../../src/embedded/supervisor.ts';
import { withClient } from '../../src/embedded/with-client.ts';
import { eventually } from './eventually.ts';
import { recordingLog } from './recording-log.ts';
import { removeHome, temporaryFolder } from './temporary-folder.ts';

const timeoutMs = 60_000;
const canary = `recipient-${randomBytes(8).toString('hex')}`;

let home = '';
let supervisor: Supervisor;
let urls: PostgresUrls;

beforeAll(async () => {
  home = await temporaryFolder();
  for (const name of ['run', 'logs']) await mkdir(join(home, name));
  supervisor = await createSupervisor(join(home, 'run'), recordingLog());
  const postgres = await embeddedPostgres(home, recordingLog());
  await supervisor.add(postgres.part);
  ({ urls } = postgres);
  await withClient(urls.ringback, (client) =>
    client.query(`CREATE TABLE people (id integer PRIMARY KEY, "to" text UNIQUE CHECK (length("to") < 40));
      INSERT INTO people VALUES (1, '${canary}'), (2, 'another')`),
  );
}, timeoutMs);
afterAll(async () => {
  await supervisor.stop();
  await removeHome(home);
}, timeoutMs);

const whole = (): Promise<string> => readFile(join(home, 'logs', 'postgres.log'), 'utf8');
let before = 0;
beforeEach(async () => {
  before = (await whole()).length;
});
const log = async (): Promise<string> => (await whole()).slice(before);

const run = (url: string, sql: string, values?: unknown[]): Promise<unknown> =>
  withClient(url, (client) => client.query(sql, values));

/** Each with the start of what PostgreSQL says of it to the client. */
const mistakes: [string, RegExp, string, unknown[]][] = [
  ['a value that is taken', /duplicate key/, 'INSERT INTO people VALUES (3, $1)', [canary]],
  ['a row that a check refuses', /violates check/, 'INSERT INTO people VALUES (3, $1)', [canary.repeat(2)]],
  ['a text that is no uuid', /invalid input syntax/, 'SELECT $1::text::uuid', [canary]],
  ['a parameter of the wrong type', /invalid input syntax/, 'SELECT $1::integer', [canary]],
  ['a text that is no JSON', /invalid input syntax/, 'SELECT $1::text::jsonb', [`{"${canary}`]],
  ['a literal in a statement', /syntax error/, `SELECT '${canary}' FRON people x y`, []],
  [
    'a statement that takes too long',
    /statement timeout/,
    `SET statement_timeout = 50; SELECT pg_sleep(20), '${canary}'`,
    [],
  ],
  ['what a function says', /RINGBACK/, `DO $$ BEGIN RAISE EXCEPTION 'RINGBACK ${canary}'; END $$`, []],
  ['a warning', /division/, `DO $$ BEGIN RAISE WARNING '${canary}'; PERFORM 1 / 0; END $$`, []],
];

describe.each(['ringback', 'temporal'] as const)('the role %s', (role) => {
  test.each(mistakes)('%s does not come into postgres.log', async (_what, refusal, sql, values) => {
    const table = `CREATE TEMPORARY TABLE people (id integer PRIMARY KEY, "to" text UNIQUE CHECK (length("to") < 40));
      INSERT INTO people VALUES (1, '${canary}')`;
    const refused = withClient(urls[role], async (client) => {
      await client.query(table);
      await client.query(sql, values);
    });
    await expect(refused).rejects.toThrow(refusal);

    expect(await log()).not.toContain(canary);
  });
});

test(
  'a deadlock is settled without its statements being written down',
  async () => {
    const [one, other] = [new Client(urls.ringback), new Client(urls.ringback)];
    await Promise.all([one.connect(), other.connect()]);
    const lock = (client: Client, id: number): Promise<unknown> =>
      client.query(`UPDATE people SET "to" = "to" WHERE id = ${id} AND '${canary}' <> ''`);
    await Promise.all([one.query('BEGIN'), other.query('BEGIN')]);
    await lock(one, 1);
    await lock(other, 2);

    const ends = await Promise.allSettled([lock(one, 2), lock(other, 1)]);
    await Promise.all([one.end(), other.end()]);

    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await log()).not.toContain(canary);
  },
  timeoutMs,
);

test('who knocks with a wrong password is written down', async () => {
  const wrong = new URL(urls.ringback);
  wrong.password = 'wrong';

  await expect(run(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);

  expect(await log()).toContain('FATAL:  password authentication failed for user "ringback"');
});

test(
  'a process of PostgreSQL that is killed is written down, and what it was doing is not',
  async () => {
    const client = new Client(urls.ringback);
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const running = expect(client.query(`SELECT pg_sleep(20), '${canary}'`)).rejects.toThrow();
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await running;
    await eventually(async () => (await log()).includes('was terminated by signal 9'));
    await eventually(() =>
      run(urls.ringback, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );

    expect(await log()).not.toContain(canary);
  },
  timeoutMs,
);
