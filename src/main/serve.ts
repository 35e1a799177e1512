// One process: API, worker or both. `npm start` runs it as a supervised part, a container runs it alone.
import closeWithGrace from 'close-with-grace';
import { hasErrorCode } from '../embedded/process/error-text.ts';
import { createLogger } from '../telemetry/logger.ts';
import { startApp } from './app.ts';
import { loadInstallationSecrets } from './installation-secrets.ts';
import { readConfigOrExit } from './read-config-or-exit.ts';

const config = readConfigOrExit();
const { DATABASE_URL, TEMPORAL_ADDRESS } = config;
if (!DATABASE_URL || !TEMPORAL_ADDRESS) {
  console.error('DATABASE_URL and TEMPORAL_ADDRESS must be set; `npm start` brings both along.');
  process.exit(78);
}

const log = createLogger(config.LOG_LEVEL, config.ROLE);
const secrets = await loadInstallationSecrets(config);
const app = await startApp({ ...config, DATABASE_URL, TEMPORAL_ADDRESS }, secrets, log).catch(
  (cause: unknown) => {
    if (hasErrorCode(cause, 'EADDRINUSE'))
      log.fatal(`port ${config.PORT} of ${config.HOST} is taken: set PORT to a free one`);
    else log.fatal({ err: cause }, 'ringback could not start');
    process.exit(1);
  },
);

const { close } = closeWithGrace({ delay: 40_000, logger: log }, async ({ err }) => {
  if (err) log.fatal({ err }, 'stopping after an error that nobody caught');
  await app.stop();
});
// Under `npm start`: without its supervisor this process has no database to work with.
process.once('disconnect', close);
process.send?.({ ready: true, url: app.url });
log.info({ url: app.url, role: config.ROLE }, 'ringback is listening');
