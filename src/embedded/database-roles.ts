import type { Client } from 'pg';
import { withClient } from './with-client.ts';

export type DatabaseOwner = { role: string; password: string; databases: readonly string[] };

/**
 * Makes each role and the databases it owns, where missing. Nobody but the owner may connect to a database, and no error
 * of the owner's statements is written into the server's log.
 */
export async function createDatabases(adminUrl: string, owners: readonly DatabaseOwner[]): Promise<void> {
  await withClient(adminUrl, async (client) => {
    for (const { role, password, databases } of owners) {
      await createRole(client, role, password);
      // An error's own message can quote a value ("invalid input syntax for type uuid"), and the client is told of it
      // anyway. What the server says of itself (LOG, FATAL, PANIC, and autovacuum's errors) is still written down.
      await client.query(`ALTER ROLE ${client.escapeIdentifier(role)} SET log_min_messages = 'log'`);
      for (const database of databases) await createDatabase(client, database, role);
    }
  });
}

async function createRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount !== 0) return;
  const name = client.escapeIdentifier(role);
  await client.query(
    `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`,
  );
}

async function createDatabase(client: Client, database: string, owner: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  const name = client.escapeIdentifier(database);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${client.escapeIdentifier(owner)}`);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
}
