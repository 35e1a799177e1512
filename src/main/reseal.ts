// `npm run reseal`: seals every stored secret under the newest key, after which older keys can be taken away.
import { createSealedBox } from '../crypto/sealed-box.ts';
import { createPool } from '../db/postgres/pool.ts';
import { createSealedRows } from '../db/access/sealed-rows.ts';
import { resealSecrets } from '../use-cases/access/reseal-secrets.ts';
import { loadInstallationSecrets } from './installation-secrets.ts';
import { readConfigOrExit } from './read-config-or-exit.ts';

const config = readConfigOrExit();
if (!config.DATABASE_URL || !config.RINGBACK_SECRET_KEYS) {
  console.error('DATABASE_URL and RINGBACK_SECRET_KEYS must be set, the newest key first.');
  process.exit(78);
}
const { sealingKeys } = await loadInstallationSecrets(config);
const pool = createPool(config.DATABASE_URL, { max: 1, application_name: 'ringback-reseal' });
const ports = { sealedRows: createSealedRows(pool), secrets: createSealedBox(sealingKeys) };
const { seen, resealed, failed } = await resealSecrets(ports, (progress) => {
  console.log(
    `${progress.seen} of ${progress.rows} rows read, ${progress.resealed} sealed under ${sealingKeys[0].id}`,
  );
});
await pool.end();
for (const { place, reason } of failed) console.error(`The ${place} stays as it is: ${reason}.`);
console.log(
  failed.length === 0
    ? `Done: ${resealed} of ${seen} rows were sealed anew; no older key is needed any more.`
    : `${resealed} of ${seen} rows were sealed anew; ${failed.length} could not be, so keep the older keys.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
