import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

import { readTemporalTls, type TemporalTlsFiles } from '../domain/temporal-tls.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import { errorText, hasErrorCode } from './error-text.ts';

const grpcNotFound = 5;
const grpcAlreadyExists = 6;
// google.protobuf numbers of temporal.api.enums.v1.IndexedValueType, which the SDK's client does not export.
const keyword = 2;
const retentionMs = 7 * 24 * 60 * 60 * 1000;
const deadlineMs = 60_000;
const pollMs = 200;
// Every service of the server reads namespaces into its own cache this often (system.namespaceCacheRefreshInterval),
// and only the frontend's can be asked.
const cacheRefreshMs = 2_000;

export type NamespaceOptions = {
  address: string;
  tls: TemporalTlsFiles | null;
  namespace: string;
  /** All of type Keyword. */
  searchAttributes: readonly string[];
  log: EmbeddedLog;
};

export type PreparedNamespace = {
  /** Columns of executions_visibility that hold custom search attributes: `keyword01`. */
  mappedColumns: readonly string[];
};

/** Makes the namespace (kept 7 days) and the search attributes where missing, and waits until they can be used. */
export async function prepareNamespace(options: NamespaceOptions): Promise<PreparedNamespace> {
  const { address, namespace, searchAttributes, log } = options;
  const tls = await readTemporalTls(options.tls, readFile);
  const connection = await Connection.connect({ address, tls });
  try {
    const isNew = await registerNamespace(connection, namespace);
    const added = await addSearchAttributes(connection, namespace, searchAttributes);
    if (added.length > 0) log.info({ namespace, added }, 'registered the search attributes');
    for (const name of searchAttributes) {
      const query = `${name} = 'none'`;
      await untilItWorks(() =>
        connection.workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1 }),
      );
    }
    if (isNew || added.length > 0) await sleep(cacheRefreshMs);
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const columns = Object.keys(config?.customSearchAttributeAliases ?? {});
    return { mappedColumns: columns.map((column) => column.toLowerCase()) };
  } finally {
    await connection.close();
  }
}

async function registerNamespace(connection: Connection, namespace: string): Promise<boolean> {
  return await untilItWorks(async () => {
    const found = await unless(grpcNotFound, connection.workflowService.describeNamespace({ namespace }));
    if (found !== null) return false;
    const workflowExecutionRetentionPeriod = msToTs(retentionMs);
    const request = { namespace, workflowExecutionRetentionPeriod };
    await unless(grpcAlreadyExists, connection.workflowService.registerNamespace(request));
    return true;
  });
}

async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  names: readonly string[],
): Promise<string[]> {
  const { customAttributes } = await untilItWorks(() =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  const missing = names.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]));
  await untilItWorks(() =>
    unless(
      grpcAlreadyExists,
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
    ),
  );
  return missing;
}

/** A server that has just started, or a namespace that is not in every cache yet, refuses for a while. */
async function untilItWorks<T>(call: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`Temporal refuses: ${errorText(error)}`, { cause: error });
      await sleep(pollMs);
    }
  }
}

async function unless<T>(grpcCode: number, call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (hasErrorCode(error, grpcCode)) return null;
    throw error;
  }
}
