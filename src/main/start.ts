import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ConfigError, readConfig } from '../config.ts';
import { nodePart } from '../embedded/node-part.ts';
import { startEmbedded } from '../embedded/start-embedded.ts';
import { stopRequested } from '../embedded/stop-requested.ts';
import { createLogger } from '../telemetry/logger.ts';

const searchAttributes = ['RingbackService', 'RingbackProfile', 'RingbackCommunication', 'RingbackState'];
const exitConfig = 78;

async function start(stop: AbortSignal): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger(config.LOG_LEVEL, 'supervisor');
  const embedded = await startEmbedded({
    home: resolve(config.RINGBACK_HOME),
    env: process.env,
    databaseUrl: config.DATABASE_URL,
    temporalAddress: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    searchAttributes,
    temporalUiPort: config.TEMPORAL_UI_PORT,
    log,
    signal: stop,
  });
  const { databaseUrl, temporalAddress, temporalUiUrl } = embedded;
  const app = nodePart({
    name: 'app',
    modulePath: fileURLToPath(new URL('./run.mjs', import.meta.url)),
    args: ['serve'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      ...(temporalUiUrl !== null && { TEMPORAL_UI_URL: temporalUiUrl }),
    },
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 30_000,
  });
  stop.addEventListener('abort', () => void embedded.stop());
  try {
    await embedded.addPart(app);
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve));
  } finally {
    await embedded.stop();
  }
}

const stop = stopRequested(process.env);
try {
  await start(stop);
  process.exit(0);
} catch (error) {
  if (stop.aborted) process.exit(0);
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(error instanceof ConfigError ? exitConfig : 1);
}
