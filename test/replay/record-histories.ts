// Records the histories that replay.test.ts replays, on a real Temporal server: npm run record-histories.
// Do it when a workflow's story gains a chapter, and keep the old files: running workflows still have those histories.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { startEmbedded } from '../../src/embedded/start-embedded.ts';
import { createProgressLog } from '../../src/main/progress-log.ts';
import { createWorkflows } from '../../src/temporal/tell-workflows.ts';
import { mainTaskQueue } from '../../src/temporal/task-queues.ts';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';
import { notificationWorkflowId } from '../../src/domain/workflow-id.ts';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import { createFakeDelivery, type FakeDelivery, type Receiver } from '../support/fake-delivery.ts';

type Chapter = {
  name: string;
  sequences: number[];
  receiver: Receiver;
  trouble?: (fake: FakeDelivery) => void;
};

const chapters: Chapter[] = [
  { name: 'delivered-at-once', sequences: [1], receiver: async () => 200 },
  { name: 'three-statuses', sequences: [1, 2, 3], receiver: async () => 200 },
  {
    name: 'delivered-on-the-third-try',
    sequences: [1],
    receiver: async ({ number }) => (number === 3 ? 200 : 500),
  },
  {
    name: 'exhausted-then-next',
    sequences: [1, 2],
    receiver: async ({ sequence }) => (sequence === 1 ? 500 : 200),
  },
  {
    name: 'earlier-one-brought-along',
    sequences: [2],
    receiver: async () => 200,
    trouble: (fake) => fake.add(3),
  },
  {
    name: 'database-away-at-first',
    sequences: [1],
    receiver: async () => 200,
    trouble: (fake) => {
      fake.isDatabaseAway = true;
      setTimeout(() => (fake.isDatabaseAway = false), 2_500);
    },
  },
];

const root = fileURLToPath(new URL('../../', import.meta.url));
const home = await mkdtemp(join(tmpdir(), 'ringback-record-'));
const embedded = await startEmbedded({
  home,
  env: process.env,
  namespace: 'default',
  searchAttributes: searchAttributeNames,
  log: createProgressLog(),
});
const connection = await NativeConnection.connect({ address: embedded.temporalAddress });
const client = new Client({ connection });
const workflowBundle = await bundleWorkflows();
for (const chapter of chapters) await record(chapter);
await connection.close();
await embedded.stop();
await rm(home, { recursive: true, force: true });

async function record({ name, sequences, receiver, trouble }: Chapter): Promise<void> {
  const fake = createFakeDelivery(name === 'earlier-one-brought-along' ? [1, 2] : sequences, receiver);
  fake.policy = { attempts: 3, intervalSeconds: 1, timeoutSeconds: 5 };
  trouble?.(fake);
  const worker = await Worker.create({
    connection,
    taskQueue: mainTaskQueue,
    workflowBundle,
    activities: createActivities(fake.ports),
  });
  await worker.runUntil(async () => {
    await createWorkflows(() => client, { isEager: true }).tell(
      sequences.map((sequence) => ({
        ...fake.message(sequence),
        notificationId: fake.notificationId,
        serviceId: '018f0000-0000-7000-8000-0000000000aa',
        profile: 'govuk-notify',
        callbackId: '018f0000-0000-7000-8000-0000000000cc',
      })),
    );
    const handle = client.workflow.getHandle(notificationWorkflowId(fake.notificationId));
    await handle.result();
    // Stack traces and identities name the machine, which is nobody's business.
    const history = historyToJSON(await handle.fetchHistory())
      .replaceAll(root, '/')
      .replaceAll(`${process.pid}@${hostname()}`, 'worker');
    await writeFile(new URL(`./histories/${name}.json`, import.meta.url), `${history}\n`);
    console.log(`recorded ${name}`);
  });
}
