import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';

import { Client } from 'pg';

import { databasePasswords } from './database-passwords.ts';
import { createDatabases } from './database-roles.ts';
import type { EmbeddedLog } from '../process/embedded-log.ts';
import { errorCode, errorText } from '../process/error-text.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { spawnProcess } from '../process/spawn-process.ts';
import { postgresAccount } from './postgres-account.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { postgresCluster, postgresSettings } from './postgres-cluster.ts';
import { postgresFolder } from './postgres-folder.ts';
import { clearLeftoverPostmaster } from './postgres-leftover.ts';
import { stablePorts } from '../process/stable-ports.ts';

const pollMs = 50;

/** `ringback` and `temporal` are each the owner of their databases and of nothing else. */
export type PostgresUrls = { admin: string; ringback: string; temporal: string; temporalVisibility: string };

export type EmbeddedPostgres = { part: ManagedProcess; urls: PostgresUrls };

/** Prepares the home's PostgreSQL on a port of 127.0.0.1 and gives the part that runs it; `home` exists. */
export async function embeddedPostgres(home: string, log: EmbeddedLog): Promise<EmbeddedPostgres> {
  const account = await postgresAccount();
  const binaries = await postgresBinaries(account, log);
  const folder = await postgresFolder(home, account, log);
  const passwords = await databasePasswords(home);
  const data = await postgresCluster({ folder, binaries, account, password: passwords.postgres });
  await clearLeftoverPostmaster(data, log);
  const { postgres: port } = await stablePorts(home, ['postgres']);
  const url = (role: keyof typeof passwords, database: string): string =>
    `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/${database}`;
  const urls: PostgresUrls = {
    admin: url('postgres', 'postgres'),
    ringback: url('ringback', 'ringback'),
    temporal: url('temporal', 'temporal'),
    temporalVisibility: url('temporal', 'temporal_visibility'),
  };
  const owners = [
    { role: 'ringback', password: passwords.ringback, databases: ['ringback'] },
    { role: 'temporal', password: passwords.temporal, databases: ['temporal', 'temporal_visibility'] },
  ];
  const logFile = join(home, 'logs', 'postgres.log');
  const part: ManagedProcess = {
    name: 'postgres',
    // A fast shutdown: SIGTERM would wait for every client to leave by itself.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 20_000,
    // Replaying what a crash left in the write-ahead log can take a while.
    readyTimeoutMs: 120_000,
    logFile,
    launch: async () => {
      await clearLeftoverPostmaster(data, log);
      return await spawnProcess({
        command: binaries.postgres,
        args: ['-D', data, ...postgresSettings(port)],
        cwd: data,
        env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
        logFile,
        account,
      });
    },
    waitUntilReady: async (_process, signal) => {
      await waitUntilItAnswers(urls.admin, signal);
      await createDatabases(urls.admin, owners);
    },
  };
  return { part, urls };
}

const startingUp = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET']);

async function waitUntilItAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (error) {
      if (!isStartingUp(error)) throw error;
      await sleep(pollMs);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function isStartingUp(error: unknown): boolean {
  const code = errorCode(error);
  return typeof code === 'string' ? startingUp.has(code) : errorText(error).includes('Connection terminated');
}
