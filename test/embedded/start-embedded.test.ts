import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';

import { readTemporalTls } from '../../src/domain/temporal-tls.ts';
import { prepareNamespace } from '../../src/embedded/prepare-namespace.ts';
import { startEmbedded } from '../../src/embedded/start-embedded.ts';
import type { Embedded } from '../../src/embedded/start-embedded.ts';
import { temporalBinaries } from '../../src/embedded/temporal-binaries.ts';
import { updateTemporalSchema } from '../../src/embedded/temporal-schema.ts';
import { restoreVisibilityIndexes, trimVisibilityIndexes } from '../../src/embedded/visibility-indexes.ts';
import { databasePasswords } from '../../src/embedded/database-passwords.ts';
import { withClient } from '../../src/embedded/with-client.ts';
import { eventually } from './eventually.ts';
import { recordingLog } from './recording-log.ts';
import { removeHome, temporaryFolder } from './temporary-folder.ts';

const timeoutMs = 60_000;

const searchAttributes = ['RingbackService', 'RingbackProfile', 'RingbackCommunication', 'RingbackState'];
const password = 'the admin token of this test';
const log = recordingLog();
let home = '';
let embedded: Embedded;
let connection: Connection;
let mappedColumns: readonly string[] = [];

beforeAll(async () => {
  home = await temporaryFolder();
  embedded = await startEmbedded({
    ...{ home, env: process.env, namespace: 'default', searchAttributes, log },
    operatorPassword: async () => password,
  });
  const { temporalAddress: address, temporalTls } = embedded;
  connection = await Connection.connect({ address, tls: await readTemporalTls(temporalTls, readFile) });
  ({ mappedColumns } = await prepareNamespace({
    ...{ address, tls: temporalTls, namespace: 'default', searchAttributes, log },
  }));
}, 900_000);

afterAll(async () => {
  await connection.close();
  await embedded.stop();
  await removeHome(home);
}, timeoutMs);

async function temporalUrl(database: string): Promise<string> {
  const { temporal } = await databasePasswords(home);
  const url = new URL(embedded.databaseUrl);
  return `postgres://temporal:${temporal}@${url.host}/${database}`;
}

async function indexNames(): Promise<string[]> {
  const { rows } = await withClient(await temporalUrl('temporal_visibility'), (client) =>
    client.query<{ indexname: string }>(
      "SELECT indexname FROM pg_indexes WHERE tablename = 'executions_visibility' ORDER BY indexname",
    ),
  );
  return rows.map(({ indexname }) => indexname);
}

/** Temporal decides itself which columns hold our attributes. */
const keptIndexes = (): string[] =>
  [
    ...mappedColumns.map((column) => column.replace(/^keyword/, 'by_keyword_')),
    ...['by_status', 'by_workflow_id', 'by_workflow_type', 'default_idx', 'executions_visibility_pkey'],
  ].sort();

test(
  'a workflow is found by our search attributes, with only the indexes that such searches use',
  async () => {
    expect(await indexNames()).toEqual(keptIndexes());
    const client = new Client({ connection });
    const service = defineSearchAttributeKey('RingbackService', SearchAttributeType.KEYWORD);

    const handle = await client.workflow.start('nothing', {
      taskQueue: 'nobody',
      workflowId: 'found',
      typedSearchAttributes: new TypedSearchAttributes([{ key: service, value: 'one' }]),
    });
    await eventually(async () => {
      const found: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query: "RingbackService = 'one'" }))
        found.push(workflowId);
      return found.join() === 'found';
    });
    await handle.terminate();
  },
  timeoutMs,
);

test(
  'preparing the namespace and trimming the indexes again changes nothing',
  async () => {
    const again = recordingLog();
    const found = await prepareNamespace({
      address: embedded.temporalAddress,
      tls: embedded.temporalTls,
      namespace: 'default',
      searchAttributes,
      log: again,
    });

    expect(again.messages).toEqual([]);
    expect(found.mappedColumns).toHaveLength(4);
    expect(new Set(found.mappedColumns)).toEqual(new Set(mappedColumns));
    expect(await trimVisibilityIndexes(await temporalUrl('temporal_visibility'), mappedColumns)).toEqual([]);
  },
  timeoutMs,
);

test(
  'an update of the schema finds every index again, and the next trim drops the same ones',
  async () => {
    const visibilityUrl = await temporalUrl('temporal_visibility');
    const { sqlTool } = await temporalBinaries({ env: process.env, log });
    const stamp = join(home, 'temporal', 'schema-stamp');
    await rm(stamp);

    await restoreVisibilityIndexes(visibilityUrl);
    expect((await indexNames()).length).toBeGreaterThan(70);
    const databases = { temporalUrl: await temporalUrl('temporal'), visibilityUrl };
    await updateTemporalSchema(sqlTool, databases, stamp, log);
    await trimVisibilityIndexes(visibilityUrl, mappedColumns);

    expect(await indexNames()).toEqual(keptIndexes());
  },
  timeoutMs,
);

test(
  'an index that was dropped is made again when a search attribute comes to need it',
  async () => {
    const visibilityUrl = await temporalUrl('temporal_visibility');

    await trimVisibilityIndexes(visibilityUrl, [...mappedColumns, 'datetime01']);
    expect(await indexNames()).toContain('by_datetime_01');
    expect(await trimVisibilityIndexes(visibilityUrl, mappedColumns)).toEqual(['by_datetime_01']);
  },
  timeoutMs,
);

test(
  'a second start in the same home is refused while the first one runs',
  async () => {
    const second = startEmbedded({ home, env: process.env, namespace: 'default', searchAttributes, log });

    await expect(second).rejects.toMatchObject({ code: 'CONFLICT' });
  },
  timeoutMs,
);

test(
  'Temporal goes on when its PostgreSQL is killed and started again',
  async () => {
    const pidFile = await readFile(join(home, 'run', 'postgres.SIGINT.pid'), 'utf8');
    process.kill((JSON.parse(pidFile) as { pid: number }).pid, 'SIGKILL');
    await eventually(() => embedded.partStates()['postgres'] === 'restarting');

    await eventually(() => embedded.partStates()['postgres'] === 'running');
    const client = new Client({ connection });
    await eventually(async () => {
      const started = client.workflow.start('nothing', {
        taskQueue: 'nobody',
        workflowId: 'after-the-restart',
      });
      return await started.then(
        (handle) => handle.terminate().then(() => true),
        () => false,
      );
    }, 20_000);

    expect(embedded.partStates()['temporal']).toBe('running');
  },
  timeoutMs,
);
