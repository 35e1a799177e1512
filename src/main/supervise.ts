import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import type { Config } from '../config.ts';
import { temporalTlsFiles, temporalTlsVariables } from '../domain/temporal-tls.ts';
import type { EmbeddedLog } from '../embedded/process/embedded-log.ts';
import { nodeProcess } from '../embedded/process/node-process.ts';
import { migrate } from '../db/postgres/migrate.ts';
import { createPool } from '../db/postgres/pool.ts';
import { startEmbedded } from '../embedded/start-embedded.ts';
import { loadInstallationSecrets } from './installation-secrets.ts';

export type Supervised = { temporalUiUrl: string | null; stop: () => Promise<void> };

/** Starts what is not external, then the application, and restarts whatever of it dies until `stop` is called. */
export async function supervise(
  config: Config,
  env: NodeJS.ProcessEnv,
  log: EmbeddedLog,
  signal: AbortSignal,
): Promise<Supervised> {
  const embedded = await startEmbedded({
    home: resolve(config.RINGBACK_HOME),
    env,
    databaseUrl: config.DATABASE_URL,
    temporalAddress: config.TEMPORAL_ADDRESS,
    temporalTls: temporalTlsFiles(config),
    namespace: config.TEMPORAL_NAMESPACE,
    searchAttributes: searchAttributeNames,
    temporalUiPort: config.TEMPORAL_UI_PORT,
    temporalUiOrigins: config.TEMPORAL_UI_URL === undefined ? [] : [new URL(config.TEMPORAL_UI_URL).origin],
    operatorPassword: async () => (await loadInstallationSecrets(config)).adminToken,
    log,
    signal,
  });
  const temporalUiUrl = config.TEMPORAL_UI_URL ?? embedded.temporalUiUrl;
  // A stop that is asked for while the application starts must not wait for it to be ready.
  signal.addEventListener('abort', () => void embedded.stop());
  const app = nodeProcess({
    name: 'app',
    modulePath: fileURLToPath(new URL('./run.mjs', import.meta.url)),
    args: ['serve'],
    env: {
      ...env,
      DATABASE_URL: embedded.databaseUrl,
      TEMPORAL_ADDRESS: embedded.temporalAddress,
      ...(embedded.temporalTls && temporalTlsVariables(embedded.temporalTls)),
      ...(temporalUiUrl !== null && { TEMPORAL_UI_URL: temporalUiUrl }),
    },
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 45_000,
  });
  try {
    await migrateOwn(config, embedded.databaseUrl, log);
    await embedded.addPart(app);
  } catch (cause) {
    await embedded.stop();
    throw cause;
  }
  return { temporalUiUrl, stop: () => embedded.stop() };
}

/** The embedded database is ours to migrate; any other is migrated by command. */
async function migrateOwn(config: Config, databaseUrl: string, log: EmbeddedLog): Promise<void> {
  if (config.DATABASE_URL !== undefined) return;
  const pool = createPool(databaseUrl, { max: 1, application_name: 'ringback-migrate' });
  try {
    const applied = await migrate(pool);
    if (applied.length > 0) log.info({ migrations: applied }, 'schema migrated');
  } finally {
    await pool.end();
  }
}
