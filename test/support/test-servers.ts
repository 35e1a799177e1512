// What the tests share and what is too dear to make in each file: one PostgreSQL with a migrated template, the bundled
// workflows, Temporal's time-skipping server. Files find them through the environment.
import { rm, writeFile, chmod, mkdtemp, mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate } from '../../src/db/postgres/migrate.ts';
import { createPool } from '../../src/db/postgres/pool.ts';
import type { EmbeddedLog } from '../../src/embedded/process/embedded-log.ts';
import { hasErrorCode } from '../../src/embedded/process/error-text.ts';
import { embeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres/postgres.ts';
import { createSupervisor } from '../../src/embedded/process/supervisor.ts';
import { withClient } from '../../src/embedded/postgres/with-client.ts';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';
import { prepareTimeSkippingServer } from './time-skipping-server.ts';

export type TestNeeds = { database: boolean; bundle: boolean; timeSkippingServer: boolean };
export type TestServers = { stop(): Promise<void> };

const folderPrefix = 'ringback-tests-';
const templateName = 'ringback_template';

/** Starts what is needed and names it in `env`; `stop` ends it all and removes its folder, called twice or once. */
export async function startTestServers(needs: TestNeeds, env: NodeJS.ProcessEnv): Promise<TestServers> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  // As root, PostgreSQL runs under an account that has to pass through here; what is inside is closed by itself.
  await chmod(folder, 0o711);
  for (const name of ['run', 'logs']) await mkdir(join(folder, name), { mode: 0o700 });
  const supervisor = await createSupervisor(join(folder, 'run'), quietLog);
  let stopped: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const stop = (): Promise<void> => (stopped ??= stopAll());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  }

  try {
    await Promise.all([
      needs.database && startDatabase(folder, supervisor.add, env),
      needs.bundle && writeBundle(folder, env),
      needs.timeSkippingServer && prepareServer(env),
    ]);
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(
  home: string,
  addPart: (part: EmbeddedPostgres['part']) => Promise<void>,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { part, urls } = await embeddedPostgres(home, quietLog);
  await addPart(part);
  const template = new URL(urls.ringback);
  template.pathname = `/${templateName}`;
  await withClient(urls.admin, (admin) => admin.query(`CREATE DATABASE ${templateName} OWNER ringback`));
  const pool = createPool(template.href, { max: 1, application_name: 'ringback-tests' });
  await migrate(pool);
  await pool.end();
  env['RINGBACK_TEST_DATABASE_ADMIN_URL'] = urls.admin;
  env['RINGBACK_TEST_DATABASE_URL'] = template.href;
}

async function writeBundle(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { code } = await bundleWorkflows();
  const path = join(folder, 'workflow-bundle.js');
  await writeFile(path, code);
  env['RINGBACK_TEST_BUNDLE'] = path;
}

async function prepareServer(env: NodeJS.ProcessEnv): Promise<void> {
  const executable = await prepareTimeSkippingServer((line) => process.stderr.write(`${line}\n`), env);
  if (executable) env['RINGBACK_TEST_SERVER_PATH'] = executable.path;
}

// Left by runs that were killed outright; their servers ended with them.
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(folderPrefix));
  const abandoned = names.filter((name) => !isAlive(Number(name.slice(folderPrefix.length).split('-')[0])));
  await Promise.all(
    // Another user's is that user's to remove.
    abandoned.map((name) =>
      rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined),
    ),
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasErrorCode(error, 'ESRCH');
  }
}

const say = (_details: object, message: string): void => void process.stderr.write(`${message}\n`);
const quietLog: EmbeddedLog = { info: () => undefined, warn: say, error: say };
