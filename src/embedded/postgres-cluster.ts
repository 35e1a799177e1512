import { execFile } from 'node:child_process';
import { chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { hasErrorCode } from './error-text.ts';
import type { Account } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

const execute = promisify(execFile);

export type ClusterOptions = {
  /** From `postgresFolder`. */
  folder: string;
  binaries: PostgresBinaries;
  account: Account | undefined;
  password: string;
};

/** The data folder, initialised on first use: UTF-8, C locale, passwords by SCRAM. */
export async function postgresCluster({
  folder,
  binaries,
  account,
  password,
}: ClusterOptions): Promise<string> {
  const data = join(folder, 'data');
  if (await exists(join(data, 'PG_VERSION'))) {
    await refuseOtherVersion(data, binaries);
    return data;
  }
  const unfinished = join(folder, 'data.new');
  const passwordFile = join(folder, 'initdb-password');
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  // Never through a link: as root, this folder belongs to the account that PostgreSQL runs under.
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  const args = [
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  try {
    const identity = account === undefined ? {} : { uid: account.uid, gid: account.gid };
    await execute(binaries.initdb, [...args, `--pwfile=${passwordFile}`, `--pgdata=${unfinished}`], {
      cwd: folder,
      ...identity,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  // What initdb was doing when it was interrupted must never look like a database.
  await rename(unfinished, data);
  return data;
}

/** Statements, parameters and DETAIL lines hold recipients. Messages do too: see `createDatabases`. */
export const silentLogSettings = {
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
} as const;

/** `postgres -c` settings of the embedded server. */
export function postgresSettings(port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '192MB',
    fsync: 'on',
    synchronous_commit: 'on',
    wal_compression: 'on',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    jit: 'off',
    log_destination: 'stderr',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] %q%u@%d ',
    ...silentLogSettings,
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The pid in the data folder's postmaster.pid, if there is one; the process may be long gone or another's. */
export async function postmasterPid(data: string): Promise<number | null> {
  try {
    const [line = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Number(line.trim());
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function refuseOtherVersion(data: string, binaries: PostgresBinaries): Promise<void> {
  const found = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  const { stdout } = await execute(binaries.postgres, ['--version'], { cwd: '/' });
  const provided = /(\d+)[.\d]*\s*$/.exec(stdout)?.[1] ?? stdout.trim();
  if (found === provided) return;
  throw new Error(
    `The database in ${data} was made by PostgreSQL ${found}, and this Ringback brings PostgreSQL ${provided}. ` +
      'Upgrade it with pg_upgrade, or run that PostgreSQL yourself and set DATABASE_URL.',
  );
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
