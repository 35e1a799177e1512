import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

import type { EmbeddedLog } from '../process/embedded-log.ts';
import { hasErrorCode } from '../process/error-text.ts';
import { sqlPlugin } from './temporal-config.ts';
import type { TemporalDatabases } from './temporal-config.ts';
import { restoreVisibilityIndexes } from './visibility-indexes.ts';
import { withClient } from '../postgres/with-client.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';

const execute = promisify(execFile);
const undefinedTable = '42P01';

/** Brings both databases to the schema that the tool's version wants; `stampFile` lets the next start skip the tool. */
export async function updateTemporalSchema(
  sqlTool: string,
  { temporalUrl, visibilityUrl }: TemporalDatabases,
  stampFile: string,
  log: EmbeddedLog,
): Promise<void> {
  const tool = await toolIdentity(sqlTool);
  const urls = [temporalUrl, visibilityUrl];
  const before = stampOf(tool, await Promise.all(urls.map(schemaVersion)));
  if (!before.includes(null) && (await readStamp(stampFile)) === before.join(' ')) return;
  log.info({}, "updating Temporal's database schema");
  if (!(await hasBeenServed(temporalUrl))) await Promise.all(urls.map(emptyDatabase));
  await updateDatabase(sqlTool, temporalUrl, 'postgresql/v12/temporal');
  // An update may rename or replace an index that the diet has dropped.
  await restoreVisibilityIndexes(visibilityUrl);
  await updateDatabase(sqlTool, visibilityUrl, 'postgresql/v12/visibility');
  const after = stampOf(tool, await Promise.all(urls.map(schemaVersion)));
  await writeFileAtomically(stampFile, after.join(' '), 0o600);
}

function stampOf(tool: string, versions: readonly (string | null)[]): (string | null)[] {
  return [tool, ...versions];
}

async function toolIdentity(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${path}:${size}:${Math.round(mtimeMs)}`;
}

async function readStamp(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function schemaVersion(url: string): Promise<string | null> {
  return await withClient(url, async (client) => {
    try {
      const { rows } = await client.query<{ curr_version: string }>(
        'SELECT curr_version FROM schema_version',
      );
      return rows[0]?.curr_version ?? null;
    } catch (error) {
      if (hasErrorCode(error, undefinedTable)) return null;
      throw error;
    }
  });
}

async function hasBeenServed(temporalUrl: string): Promise<boolean> {
  return await withClient(temporalUrl, async (client) => {
    try {
      const { rowCount } = await client.query('SELECT FROM namespaces LIMIT 1');
      return rowCount !== 0;
    } catch (error) {
      if (hasErrorCode(error, undefinedTable)) return false;
      throw error;
    }
  });
}

// The tool's steps are no transactions: one that was interrupted cannot be taken up again. A server registers a
// namespace of its own as it starts, so without any there is nothing to lose.
async function emptyDatabase(url: string): Promise<void> {
  if ((await schemaVersion(url)) === null) return;
  await withClient(url, (client) => client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public'));
}

async function updateDatabase(sqlTool: string, url: string, schemaName: string): Promise<void> {
  if ((await schemaVersion(url)) === null) await runSqlTool(sqlTool, url, ['setup-schema', '-v', '0.0']);
  await runSqlTool(sqlTool, url, ['update-schema', '--schema-name', schemaName]);
}

async function runSqlTool(sqlTool: string, url: string, args: readonly string[]): Promise<void> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const sslMode = searchParams.get('sslmode') ?? 'disable';
  const env = {
    SQL_PLUGIN: sqlPlugin,
    SQL_HOST: hostname,
    SQL_PORT: port || '5432',
    SQL_USER: decodeURIComponent(username),
    SQL_PASSWORD: decodeURIComponent(password),
    SQL_DATABASE: decodeURIComponent(pathname.slice(1)),
    ...(!['disable', 'allow', 'prefer'].includes(sslMode) && {
      SQL_TLS: 'true',
      SQL_TLS_DISABLE_HOST_VERIFICATION: String(sslMode !== 'verify-full'),
    }),
  };
  try {
    await execute(sqlTool, args, { env });
  } catch (error) {
    const output = (error as { stdout?: string }).stdout?.trim() ?? '';
    throw new Error(`temporal-sql-tool ${args[0] ?? ''} failed: ${output.split('\n').at(-1) ?? ''}`, {
      cause: error,
    });
  }
}
