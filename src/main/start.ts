// `npm start`: one supervisor for PostgreSQL, Temporal, its Web UI and the application.
import { once } from 'node:events';
import { stopRequested } from '../embedded/process/stop-requested.ts';
import { createLogger } from '../telemetry/logger.ts';
import { loadInstallationSecrets } from './installation-secrets.ts';
import { publicUrlOf } from './public-url.ts';
import { readConfigOrExit } from './read-config-or-exit.ts';
import { supervise } from './supervise.ts';

const config = readConfigOrExit();
const stop = stopRequested(process.env);
const log = createLogger(config.LOG_LEVEL, 'supervisor');

try {
  const { temporalUiUrl, stop: stopAll } = await supervise(config, process.env, log, stop);
  const { adminTokenFile } = await loadInstallationSecrets(config);
  const url = publicUrlOf(config);
  log.info({ url, docs: `${url}/docs`, temporalUi: temporalUiUrl, adminTokenFile }, 'ringback is ready');
  if (!stop.aborted) await once(stop, 'abort');
  await stopAll();
  log.info({}, 'ringback has stopped');
} catch (cause) {
  if (!stop.aborted) {
    log.fatal({ err: cause }, 'ringback could not start');
    process.exitCode = 1;
  }
}
process.exit();
