// Brings the schema up to date and ends: the one-shot job of a production roll-out.
import { migrate } from '../db/migrate.ts';
import { createPool } from '../db/pool.ts';
import { readConfigOrExit } from './read-config-or-exit.ts';

const { DATABASE_URL } = readConfigOrExit();
if (!DATABASE_URL) {
  console.error('DATABASE_URL must be set.');
  process.exit(78);
}
const pool = createPool(DATABASE_URL, { max: 1, application_name: 'ringback-migrate' });
const applied = await migrate(pool).catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : cause);
  process.exit(1);
});
await pool.end();
console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The schema was up to date.');
