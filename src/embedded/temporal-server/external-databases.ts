import type { Client } from 'pg';

import { hasErrorCode } from '../process/error-text.ts';
import type { TemporalDatabases } from './temporal-config.ts';
import { withClient } from '../postgres/with-client.ts';

const insufficientPrivilege = '42501';

/** The two databases of an embedded Temporal on a PostgreSQL that is not ours, beside the one `databaseUrl` names. */
export async function externalTemporalDatabases(databaseUrl: string): Promise<TemporalDatabases> {
  const own = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const names = [`${own}_temporal`, `${own}_temporal_visibility`] as const;
  await withClient(databaseUrl, async (client) => {
    for (const name of names) await createIfMissing(client, name, names);
  });
  return {
    temporalUrl: withDatabase(databaseUrl, names[0]),
    visibilityUrl: withDatabase(databaseUrl, names[1]),
  };
}

async function createIfMissing(client: Client, name: string, names: readonly string[]): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount !== 0) return;
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (!hasErrorCode(error, insufficientPrivilege)) throw error;
    throw new Error(
      `The role of DATABASE_URL may not create the databases ${names.join(' and ')} for the embedded Temporal. ` +
        'Make them its own, give it CREATEDB, or set TEMPORAL_ADDRESS to a running Temporal.',
      { cause: error },
    );
  }
}

function withDatabase(databaseUrl: string, database: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
