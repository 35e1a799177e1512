// The servers of a benchmark in a home of their own: as Ringback runs them, or as their own templates configure them.
import { mkdir, mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realpath, writeFile } from 'node:fs/promises';
import type { TemporalTlsFiles } from '../../src/domain/temporal-tls.ts';
import { embeddedPostgres } from '../../src/embedded/postgres.ts';
import { postgresAccount } from '../../src/embedded/postgres-account.ts';
import { postgresBinaries } from '../../src/embedded/postgres-binaries.ts';
import type { Part } from '../../src/embedded/part.ts';
import { spawnPart } from '../../src/embedded/part-process.ts';
import { prepareNamespace } from '../../src/embedded/prepare-namespace.ts';
import { createSupervisor } from '../../src/embedded/supervisor.ts';
import { temporalBinaries } from '../../src/embedded/temporal-binaries.ts';
import { embeddedTemporal } from '../../src/embedded/temporal-server.ts';
import { trimVisibilityIndexes } from '../../src/embedded/visibility-indexes.ts';
import { createProgressLog } from '../../src/main/progress-log.ts';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import { readJson, templateOf, withShards } from './temporal-template.ts';

/** `ours`: what `npm start` runs. `template`: PostgreSQL after initdb, Temporal as its development-postgres12.yaml has it. */
export type ServerSettings = 'ours' | 'template';

export type Servers = {
  home: string;
  databaseUrl: string;
  /** May read every database's counts. */
  adminUrl: string;
  temporalAddress: string;
  temporalTls: TemporalTlsFiles;
  pids: { postgres: number; temporal: number };
  stop(): Promise<void>;
};

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function startServers(settings: ServerSettings, shards = 4): Promise<Servers> {
  const binaries = await temporalBinaries({ env: process.env, log: createProgressLog() });
  const home = await mkdtemp(join(tmpdir(), 'ringback-bench-'));
  // As root, PostgreSQL runs under an account that has to pass through here; what is inside is closed by itself.
  await chmod(home, 0o711);
  for (const name of ['run', 'logs']) await mkdir(join(home, name), { mode: 0o700 });
  const supervisor = await createSupervisor(join(home, 'run'), silent);
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    await rm(await realpath(join(home, 'postgres')), { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  };
  const pids = { postgres: 0, temporal: 0 };
  const noted = (name: keyof typeof pids, part: Part, launch = () => part.launch()): Part => ({
    ...part,
    launch: async () => {
      const process = await launch();
      pids[name] = process.pid;
      return process;
    },
  });
  try {
    const postgres = await embeddedPostgres(home, silent);
    await supervisor.add(
      noted(
        'postgres',
        postgres.part,
        settings === 'template' ? plainPostgres(home, postgres.urls.admin) : undefined,
      ),
    );
    const databases = {
      temporalUrl: postgres.urls.temporal,
      visibilityUrl: postgres.urls.temporalVisibility,
    };
    const temporal = await embeddedTemporal({ home, binaries, databases, log: silent });
    const config = join(home, 'temporal', 'server.json');
    if (shards !== 4) await writeFile(config, withShards(await readJson(config), shards));
    await supervisor.add(
      noted(
        'temporal',
        temporal.part,
        settings === 'template' ? await templateTemporal(home, binaries.server, config) : undefined,
      ),
    );
    const { mappedColumns } = await prepareNamespace({
      ...{ address: temporal.address, tls: temporal.tls.app, namespace: 'default', log: silent },
      searchAttributes: searchAttributeNames,
    });
    if (settings === 'ours') await trimVisibilityIndexes(databases.visibilityUrl, mappedColumns);
    return {
      ...{ home, pids, stop },
      databaseUrl: postgres.urls.ringback,
      adminUrl: postgres.urls.admin,
      temporalAddress: temporal.address,
      temporalTls: temporal.tls.app,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** PostgreSQL as initdb leaves it, but for where it listens. */
function plainPostgres(home: string, adminUrl: string): Part['launch'] {
  return async () => {
    const account = await postgresAccount();
    const { postgres } = await postgresBinaries(account, silent);
    const data = join(await realpath(join(home, 'postgres')), 'data');
    const places = [
      'listen_addresses=127.0.0.1',
      `port=${new URL(adminUrl).port}`,
      'unix_socket_directories=',
    ];
    return spawnPart({
      command: postgres,
      args: ['-D', data, ...places.flatMap((place) => ['-c', place])],
      cwd: data,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      logFile: join(home, 'logs', 'postgres.log'),
      account,
    });
  };
}

async function templateTemporal(home: string, server: string, ours: string): Promise<Part['launch']> {
  const folder = join(home, 'temporal');
  const [config, dynamic] = [join(folder, 'template.json'), join(folder, 'template-dynamic.json')];
  const template = await templateOf(await readJson(ours), dynamic);
  await writeFile(config, JSON.stringify(template.config));
  await writeFile(dynamic, JSON.stringify(template.dynamic));
  return () =>
    spawnPart({
      command: server,
      args: ['--allow-no-auth', '--config-file', config, 'start'],
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC' },
      logFile: join(home, 'logs', 'temporal.log'),
    });
}
