// `npm run demo`: the main job with a real callback, on a whole Ringback of its own. `--keep` leaves it running.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { freePort } from '../embedded/free-port.ts';
import { stopRequested } from '../embedded/stop-requested.ts';
import { createDemoClient } from './demo-client.ts';
import { startDemoReceiver } from './demo-receiver.ts';
import { tellStory } from './demo-story.ts';
import { loadInstallationSecrets } from './installation-secrets.ts';
import { createProgressLog } from './progress-log.ts';
import { readConfigOrExit } from './read-config-or-exit.ts';
import { supervise } from './supervise.ts';
import { untilReady } from './until-ready.ts';

const isKept = process.argv.includes('--keep');
const say = (line: string): void => console.log(line);
// The receiver is on this machine and speaks http, which callbacks may only reach where the operator allows it.
process.env['EGRESS_ALLOW'] = '127.0.0.0/8';
process.env['EGRESS_ALLOW_HTTP'] = 'true';
process.env['LOG_LEVEL'] ??= 'warn';
// Nobody is to be mailed about a demo.
delete process.env['SMTP_URL'];
process.env['RINGBACK_HOME'] = join(process.env['RINGBACK_HOME'] ?? '.ringback', 'demo');
process.env['PORT'] = String(await freePort(Number(process.env['PORT'] ?? 8600)));
const config = readConfigOrExit();
const stop = stopRequested(process.env);
const outbox = resolve(config.RINGBACK_HOME, 'outbox');
// What an earlier demo has left would be taken for this one's.
await rm(outbox, { recursive: true, force: true });
const url = `http://${config.HOST}:${config.PORT}`;

say('Starting PostgreSQL, Temporal and Ringback …');
const receiver = await startDemoReceiver();
const { temporalUiUrl, stop: stopAll } = await supervise(config, process.env, createProgressLog(), stop);
try {
  await untilReady(url, stop);
  const { adminToken, adminTokenFile } = await loadInstallationSecrets(config);
  const retried = await tellStory(adminToken, createDemoClient(url, say), receiver, outbox, say);
  say('\n7. Where to look further\n');
  say(`  API docs      ${url}/docs`);
  say(`  OpenAPI       ${url}/openapi.json`);
  say(
    temporalUiUrl
      ? `  Temporal UI   ${temporalUiUrl}/namespaces/${config.TEMPORAL_NAMESPACE}/workflows/notification%2F${retried}`
      : '  Temporal UI   not available here: it needs Go once, or its container image',
  );
  if (isKept) {
    say(
      `  Admin token   ${adminTokenFile ?? 'as in RINGBACK_ADMIN_TOKEN'}; in Temporal's UI the password of "operator"`,
    );
    say('\nRingback keeps running; Ctrl-C stops it.');
    if (!stop.aborted) await once(stop, 'abort');
  } else {
    say('\nThese answer while it runs: npm run demo -- --keep');
  }
} finally {
  say('\nStopping …');
  await stopAll();
  await receiver.stop();
}
say('Stopped; nothing is left running.');
process.exit();
