import { join, resolve } from 'node:path';

import type { TemporalTlsFiles } from '../domain/temporal-tls.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import { externalTemporalDatabases } from './external-databases.ts';
import { lockHome } from './home-lock.ts';
import type { Part, PartState } from './part.ts';
import { embeddedPostgres } from './postgres.ts';
import type { PostgresUrls } from './postgres.ts';
import { prepareNamespace } from './prepare-namespace.ts';
import { rotateLogs } from './rotate-logs.ts';
import { createSupervisor } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';
import { temporalBinaries } from './temporal-binaries.ts';
import type { TemporalDatabases } from './temporal-config.ts';
import { embeddedTemporal } from './temporal-server.ts';
import { embeddedTemporalUi } from './temporal-ui.ts';
import { trimVisibilityIndexes } from './visibility-indexes.ts';

export type EmbeddedOptions = {
  /** RINGBACK_HOME: all state of the embedded parts. */
  home: string;
  /** For PATH, the cache folder and Go. */
  env: NodeJS.ProcessEnv;
  /** Of a PostgreSQL that is used instead of the embedded one. */
  databaseUrl?: string | undefined;
  /** Of a Temporal that is used instead of the embedded one. */
  temporalAddress?: string | undefined;
  /** Of such a Temporal. */
  temporalTls?: TemporalTlsFiles | null | undefined;
  namespace: string;
  /** All of type Keyword. */
  searchAttributes: readonly string[];
  temporalUiPort?: number | undefined;
  /** Origins at which a proxy shows the Web UI. */
  temporalUiOrigins?: readonly string[] | undefined;
  /** What the operator logs in to the Web UI with; without it there is none. Asked for when the home is ours. */
  operatorPassword?: (() => Promise<string>) | undefined;
  log: EmbeddedLog;
  /** Gives up a start that is under way, and stops what it has started. */
  signal?: AbortSignal | undefined;
};

export interface Embedded {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  /** What a connection to it needs; null for none. */
  readonly temporalTls: TemporalTlsFiles | null;
  /** Null with an external Temporal, or when no UI server could be had. */
  readonly temporalUiUrl: string | null;
  /** Supervises one more part, which may use everything above, and resolves when it is ready. */
  addPart(part: Part): Promise<void>;
  partStates(): Readonly<Record<string, PartState>>;
  /** Stops all parts, the last one first; calling it again waits for the same stop. */
  stop(): Promise<void>;
}

/** Starts and supervises what is not external, with namespace and search attributes ready for use. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const home = resolve(options.home);
  const lock = await lockHome(home);
  const supervisor = await createSupervisor(join(home, 'run'), options.log);
  const doors: { close(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const door of doors.splice(0)) await door.close();
    await supervisor.stop();
    await lock.release();
  };
  try {
    const addresses = await Promise.race([
      startParts({ ...options, home }, supervisor, doors),
      aborted(options.signal),
    ]);
    return { ...addresses, addPart: supervisor.add, partStates: supervisor.states, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Addresses = Pick<Embedded, 'databaseUrl' | 'temporalAddress' | 'temporalTls' | 'temporalUiUrl'>;
type Doors = { close(): Promise<void> }[];

async function startParts(
  options: EmbeddedOptions,
  supervisor: Supervisor,
  doors: Doors,
): Promise<Addresses> {
  await rotateLogs(join(options.home, 'logs'));
  if (options.temporalAddress === undefined) return await startWithTemporal(options, supervisor, doors);
  const databaseUrl = options.databaseUrl ?? (await startPostgres(options, supervisor)).ringback;
  const { temporalAddress, temporalTls = null } = options;
  await prepareNamespace({ ...options, address: temporalAddress, tls: temporalTls });
  return { databaseUrl, temporalAddress, temporalTls, temporalUiUrl: null };
}

async function startWithTemporal(
  options: EmbeddedOptions,
  supervisor: Supervisor,
  doors: Doors,
): Promise<Addresses> {
  const { home, log, namespace, operatorPassword } = options;
  // First, because this is what may take minutes or fail.
  const binaries = await temporalBinaries(options);
  const { databaseUrl, databases } = await startDatabases(options, supervisor);
  const temporal = await embeddedTemporal({ home, binaries, databases, log });
  await supervisor.add(temporal.part);
  const { mappedColumns } = await prepareNamespace({
    ...options,
    address: temporal.address,
    tls: temporal.tls.app,
  });
  const dropped = await trimVisibilityIndexes(databases.visibilityUrl, mappedColumns);
  if (dropped.length > 0)
    log.info({ count: dropped.length }, 'dropped indexes of visibility that nothing here uses');
  const addresses = { databaseUrl, temporalAddress: temporal.address, temporalTls: temporal.tls.app };
  if (binaries.uiServer === null || !operatorPassword) return { ...addresses, temporalUiUrl: null };
  const ui = await embeddedTemporalUi({
    home,
    uiServer: binaries.uiServer,
    temporal: { address: temporal.address, tls: temporal.tls.ui },
    namespace,
    port: options.temporalUiPort,
    origins: options.temporalUiOrigins ?? [],
    password: await operatorPassword(),
  });
  doors.push(ui);
  await supervisor.add(ui.part);
  return { ...addresses, temporalUiUrl: ui.url };
}

type Databases = { databaseUrl: string; databases: TemporalDatabases };

async function startDatabases(options: EmbeddedOptions, supervisor: Supervisor): Promise<Databases> {
  if (options.databaseUrl !== undefined) {
    const databases = await externalTemporalDatabases(options.databaseUrl);
    return { databaseUrl: options.databaseUrl, databases };
  }
  const urls = await startPostgres(options, supervisor);
  const databases = { temporalUrl: urls.temporal, visibilityUrl: urls.temporalVisibility };
  return { databaseUrl: urls.ringback, databases };
}

async function startPostgres({ home, log }: EmbeddedOptions, supervisor: Supervisor): Promise<PostgresUrls> {
  const { part, urls } = await embeddedPostgres(home, log);
  await supervisor.add(part);
  return urls;
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const refuse = (): void => reject(new Error('The start was interrupted.'));
    signal?.addEventListener('abort', refuse, { once: true });
    if (signal?.aborted === true) refuse();
  });
}
