// Records the histories that replay.test.ts replays, on a real Temporal server: npm run record-histories [-- names].
// Do it when a workflow's story gains a chapter, and keep the old files: running workflows still have those histories.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection } from '@temporalio/worker';
import type { ActivityPorts } from '../../activities/index.ts';
import { readTemporalTls } from '../../src/domain/temporal-tls.ts';
import { startEmbedded } from '../../src/embedded/start-embedded.ts';
import { createProgressLog } from '../../src/main/progress-log.ts';
import { createWorkflowStarts } from '../../src/temporal/start-or-signal.ts';
import { mainTaskQueue } from '../../src/temporal/task-queues.ts';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';
import { deliveryWorkflow } from '../../src/domain/workflow-id.ts';
import { statusSignal } from '../../workflows/messages.ts';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import { createFakeDelivery, type FakeDelivery, type Receiver } from '../support/fake-delivery.ts';
import { createFakeCommunicationPorts } from '../support/fakes/communication-ports.ts';
import { createWorkerSet } from '../support/worker-set.ts';

type Chapter = {
  name: string;
  /** The statuses there are, and those that the workflow is told of. */
  statuses: number[];
  told?: number[];
  receiver: Receiver;
  trouble?: (fake: FakeDelivery) => void;
};

const chapters: Chapter[] = [
  { name: 'delivered-at-once', statuses: [1], receiver: async () => 200 },
  { name: 'three-statuses', statuses: [1, 2, 3], receiver: async () => 200 },
  {
    name: 'delivered-on-the-third-try',
    statuses: [1],
    receiver: async ({ number }) => (number === 3 ? 200 : 500),
  },
  {
    name: 'exhausted-then-held',
    statuses: [1, 2],
    receiver: async () => 500,
  },
  { name: 'earlier-one-brought-along', statuses: [1, 2], told: [2], receiver: async () => 200 },
  {
    name: 'database-away-at-first',
    statuses: [1],
    receiver: async () => 200,
    trouble: (fake) => {
      fake.isDatabaseAway = true;
      setTimeout(() => (fake.isDatabaseAway = false), 2_500);
    },
  },
  {
    name: 'still-open-then-delivered',
    statuses: [1],
    receiver: () => new Promise((resolve) => setTimeout(() => resolve(200), 1_000)),
    trouble: (fake) => (fake.ports.patienceMs = 100),
  },
  {
    name: 'two-events-side-by-side',
    statuses: [1, 2],
    receiver: async ({ sequence, number }) => (sequence === 1 && number === 1 ? 500 : 200),
    trouble: (fake) => {
      for (const status of fake.statuses) if (status.sequence === 2) status.event = 'complaint';
    },
  },
  {
    name: 'first-attempts-in-turn',
    statuses: [1, 2, 3],
    receiver: async ({ sequence, number }) => (sequence === 1 || number > 1 ? 200 : 500),
    trouble: (fake) => {
      for (const status of fake.statuses) if (status.sequence === 3) status.event = 'message_sent';
    },
  },
  {
    name: 'slow-receiver-then-delivered',
    statuses: [1],
    receiver: async ({ number }) => (number === 2 ? 200 : 500),
    trouble: (fake) => fake.ports.gate.markSlow('c'),
  },
];

/** Told of while its run waits for it: the wait is a timer of its own. */
const sentMessage = {
  sequence: 1,
  status: 'processed',
  eventId: '018f0000-0000-7000-8000-0000000000ad',
  event: 'message_sent',
};

const mailOccasion = { communicationId: '018f0000-0000-7000-8000-0000000000cc', incident: 2 };
const communicationChapters: {
  name: string;
  type: string;
  argument: object;
  signal?: typeof sentMessage;
}[] = [
  { name: 'two-mails-one-put-off', type: 'disableCommunication', argument: mailOccasion },
  { name: 'warning', type: 'warnCommunication', argument: mailOccasion },
  {
    name: 'drain-in-three-steps',
    type: 'drainHeld',
    argument: { drainId: '018f0000-0000-7000-8000-0000000000dd', ratePerSecond: 2 },
  },
  {
    name: 'timed-out',
    type: 'timeOutNotification',
    argument: { notificationId: '018f0000-0000-7000-8000-0000000000ee' },
  },
  {
    name: 'returned-letters-in-two-pages',
    type: 'processReturnedLetters',
    argument: { reportId: '018f0000-0000-7000-8000-0000000000ff' },
  },
  {
    name: 'batch-in-three-pages',
    type: 'batchWorkflow',
    argument: { batchId: '018f0000-0000-7000-8000-0000000000ba' },
  },
  {
    name: 'member-waits-until-sent',
    type: 'notificationWorkflow',
    argument: {
      ...{ notificationId: '018f0000-0000-7000-8000-0000000000ae', statuses: [] },
      ...{ openUntil: 'message_sent' },
    },
    signal: sentMessage,
  },
  {
    name: 'inbound-message',
    type: 'inboundWorkflow',
    argument: {
      notificationId: '018f0000-0000-7000-8000-0000000000ab',
      statuses: [
        {
          sequence: 1,
          status: 'received',
          eventId: '018f0000-0000-7000-8000-0000000000ac',
          event: 'inbound_sms',
        },
      ],
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
const connection = await NativeConnection.connect({
  address: embedded.temporalAddress,
  tls: await readTemporalTls(embedded.temporalTls, readFile),
});
const client = new Client({ connection });
const workflowBundle = await bundleWorkflows();
const wanted = process.argv.slice(2);
/** Those that are named or, when none is, those that are not recorded yet: an old recording must stay as it is. */
const isWanted = ({ name }: { name: string }): boolean =>
  wanted.length > 0 ? wanted.includes(name) : !existsSync(fileOf(name));

for (const chapter of chapters.filter(isWanted)) await recordNotification(chapter);
for (const chapter of communicationChapters.filter(isWanted)) await recordCommunication(chapter);
await connection.close();
await embedded.stop();
await rm(home, { recursive: true, force: true });

async function recordNotification({
  name,
  statuses,
  told = statuses,
  receiver,
  trouble,
}: Chapter): Promise<void> {
  const fake = createFakeDelivery(statuses, receiver);
  fake.policy = { attempts: 3, intervalSeconds: 1, timeoutSeconds: 5 };
  trouble?.(fake);
  await record(name, fake.ports, async () => {
    await createWorkflowStarts(() => client, { isEager: true }).startOrSignal(
      told.map((sequence) => ({
        ...fake.message(sequence),
        notificationId: fake.notificationId,
        event: fake.statuses.find((own) => own.sequence === sequence)?.event ?? 'delivery_status',
        serviceId: '018f0000-0000-7000-8000-0000000000aa',
        profile: 'govuk-notify',
        callbackId: '018f0000-0000-7000-8000-0000000000cc',
        receiverId: '018f0000-0000-7000-8000-0000000000cc',
        maxInFlight: 16,
        generation: 0,
      })),
    );
    return deliveryWorkflow('delivery_status', fake.notificationId).id;
  });
}

async function recordCommunication({
  name,
  type,
  argument,
  signal,
}: (typeof communicationChapters)[number]): Promise<void> {
  const { ports } = createFakeDelivery([1], async () => 200);
  let refusals = 1;
  let left = 5;
  let lettersDone = 0;
  let started = 0;
  const communicationPorts = createFakeCommunicationPorts({
    mails: {
      unsent: async () => ['018f0000-0000-7000-8000-0000000000e1', '018f0000-0000-7000-8000-0000000000e2'],
      load: async () => {
        if (refusals-- > 0) throw new Error('The mail server did not take the mail: 451 try again later');
        return null;
      },
      claim: async () => true,
      sent: async () => undefined,
    },
    drains: {
      find: async () => null,
      cancel: async () => undefined,
      release: async (id, limit) => {
        left -= limit;
        return {
          id,
          callback_id: mailOccasion.communicationId,
          state: left < 0 ? 'done' : 'running',
          held: 5,
          released: 5 - Math.max(0, left),
          rate_per_second: 2,
          started_at: '2026-06-15T11:30:00.000000Z',
          finished_at: null,
        };
      },
    },
  });
  const pagePorts: Pick<ActivityPorts, 'processReturnedLetters' | 'stepOfBatch'> = {
    // All of it is processed by the time that it is started.
    stepOfBatch: async (_id, limit) => {
      const isComplete = started === 250;
      started = Math.min(250, started + limit);
      const status = isComplete ? 'COMPLETE' : 'IN_PROGRESS';
      return { status, members: 250, started, processed: 250, isClosed: true };
    },
    processReturnedLetters: async (_id, limit) => {
      lettersDone = Math.min(700, lettersDone + limit);
      return {
        ...{ id: 'report', matched: 700, done: lettersDone, state: lettersDone === 700 ? 'done' : 'running' },
        ...{ started_at: '2026-06-15T11:30:00.000000Z', finished_at: null },
      };
    },
  };
  await record(name, { ...ports, ...communicationPorts, ...pagePorts }, async () => {
    const workflowId = `${type}/${name}`;
    const handle = await client.workflow.start(type, {
      workflowId,
      taskQueue: mainTaskQueue,
      args: [argument],
    });
    if (signal) setTimeout(() => void handle.signal(statusSignal, signal), 1_000);
    return workflowId;
  });
}

async function record(name: string, ports: ActivityPorts, start: () => Promise<string>): Promise<void> {
  const options = { connection, namespace: 'default', taskQueue: mainTaskQueue, workflowBundle };
  const workers = await createWorkerSet(ports, options);
  await workers.runUntil(async () => {
    const handle = client.workflow.getHandle(await start());
    await handle.result();
    // Stack traces and identities name the machine, which is nobody's business.
    const history = historyToJSON(await handle.fetchHistory())
      .replaceAll(root, '/')
      .replaceAll(`${process.pid}@${hostname()}`, 'worker');
    await writeFile(fileOf(name), `${history}\n`);
    console.log(`recorded ${name}`);
  });
}

function fileOf(name: string): URL {
  return new URL(`./histories/${name}.json`, import.meta.url);
}
