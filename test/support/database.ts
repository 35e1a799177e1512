import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { createPool } from '../../src/db/postgres/pool.ts';
import { withClient } from '../../src/embedded/postgres/with-client.ts';

export type TestDatabase = {
  /** As the owner of the database and of nothing else, the way Ringback connects in production. */
  url: string;
  pool: Pool;
  /** Another pool on the same database, as another process would have; ended with `drop`. */
  otherPool(max?: number): Pool;
  drop(): Promise<void>;
};

/** A database of its own for a test file: migrated, or `isEmpty`. Call `drop` in afterAll. */
export async function createTestDatabase({ isEmpty = false } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = new URL(environment('RINGBACK_TEST_DATABASE_URL'));
  await asAdmin(
    `CREATE DATABASE ${name} OWNER ${template.username}${isEmpty ? '' : ` TEMPLATE ${template.pathname.slice(1)}`}`,
  );
  template.pathname = `/${name}`;
  const pools: Pool[] = [];
  const otherPool = (max = 5): Pool => {
    const pool = createPool(template.href, { max, application_name: 'ringback-tests' });
    pools.push(pool);
    return pool;
  };
  return {
    url: template.href,
    pool: otherPool(10),
    otherPool,
    async drop() {
      await Promise.all(pools.filter(({ ended }) => !ended).map((pool) => pool.end()));
      await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(sql: string): Promise<void> {
  await withClient(environment('RINGBACK_TEST_DATABASE_ADMIN_URL'), (client) => client.query(sql));
}

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error('Run the tests by `npm run jest`, which starts their PostgreSQL first.');
  return value;
}
