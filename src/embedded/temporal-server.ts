import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';

import { readTemporalTls, type TemporalTlsFiles } from '../domain/temporal-tls.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import { spawnPart } from './part-process.ts';
import type { Part } from './part.ts';
import { temporalCertificates, type KeyFiles } from './temporal-certificates.ts';
import { stablePorts } from './stable-ports.ts';
import { temporalConfig, temporalDynamicConfig, temporalPortNames } from './temporal-config.ts';
import type { TemporalDatabases } from './temporal-config.ts';
import { updateTemporalSchema } from './temporal-schema.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

const pollMs = 100;

export type TemporalServerOptions = {
  /** Exists; holds the configuration, the ports and the log. */
  home: string;
  binaries: { server: string; sqlTool: string };
  databases: TemporalDatabases;
  log: EmbeddedLog;
};

export type EmbeddedTemporal = {
  part: Part;
  address: string;
  /** How the application connects, and how the UI's gate does. */
  tls: { app: TemporalTlsFiles; ui: TemporalTlsFiles };
};

/** Writes the configuration, brings the schema up to date and gives the part that runs the server. */
export async function embeddedTemporal(options: TemporalServerOptions): Promise<EmbeddedTemporal> {
  const { home, binaries, databases, log } = options;
  const folder = join(home, 'temporal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const ports = await stablePorts(home, temporalPortNames);
  const address = `127.0.0.1:${ports.temporalFrontend}`;
  const configFile = join(folder, 'server.json');
  const dynamicConfigFile = join(folder, 'dynamic.json');
  await writeFileAtomically(dynamicConfigFile, JSON.stringify(temporalDynamicConfig(), null, 2), 0o600);
  const certificates = await temporalCertificates(join(folder, 'tls'));
  const tlsBy = (client: KeyFiles): TemporalTlsFiles => ({
    ...{ caFile: certificates.caFile, client, serverName: certificates.serverName },
  });
  const tls = { app: tlsBy(certificates.app), ui: tlsBy(certificates.ui) };
  const config = temporalConfig(databases, ports, dynamicConfigFile, certificates);
  await writeFileAtomically(configFile, JSON.stringify(config, null, 2), 0o600);
  await updateTemporalSchema(binaries.sqlTool, databases, join(folder, 'schema-stamp'), log);
  const logFile = join(home, 'logs', 'temporal.log');
  const part: Part = {
    name: 'temporal',
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 15_000,
    readyTimeoutMs: 90_000,
    logFile,
    launch: () =>
      spawnPart({
        command: binaries.server,
        args: ['--allow-no-auth', '--config-file', configFile, 'start'],
        cwd: folder,
        // Collecting less often costs memory, which is bounded, and saves a tenth of the server's processor time.
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          TZ: 'UTC',
          GOGC: '400',
          GOMEMLIMIT: '1GiB',
        },
        logFile,
      }),
    waitUntilReady: (_process, signal) => waitUntilItAnswers(address, tls.app, signal),
  };
  return { part, address, tls };
}

async function waitUntilItAnswers(
  address: string,
  files: TemporalTlsFiles,
  signal: AbortSignal,
): Promise<void> {
  const tls = await readTemporalTls(files, readFile);
  while (!signal.aborted) {
    const connection = await Connection.connect({ address, tls, connectTimeout: '2s' }).catch(() => null);
    if (connection !== null) {
      await connection.close();
      return;
    }
    await sleep(pollMs);
  }
}
