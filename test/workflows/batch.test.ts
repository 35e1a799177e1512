import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { ActivityPorts, BatchProgress } from '../../activities/index.ts';
import { batchProgressQuery, changedSignal, statusSignal } from '../../workflows/messages.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { until } from '../support/until.ts';
import { createStage, type Stage } from '../support/workflow-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, 120_000);

afterAll(() => stage.env.teardown());

/** A batch in memory: its members are all started in time, and processed when the test says so. */
function createFakeBatch(members: number) {
  const looks: { limit: number; second: number }[] = [];
  let firstMs: number | undefined;
  const fake = {
    members,
    started: 0,
    processed: 0,
    isClosed: false,
    isDisabled: false,
    failures: 0,
    looks,
  };
  const step = async (_id: string, limit: number): Promise<BatchProgress> => {
    const nowMs = await stage.env.currentTimeMs();
    firstMs ??= nowMs;
    looks.push({ limit, second: Math.round((nowMs - firstMs) / 1000) });
    if (fake.failures > 0) {
      fake.failures -= 1;
      throw new Error('the database is away');
    }
    if (!fake.isDisabled) fake.started = Math.min(fake.members, fake.started + limit);
    const { started, processed, isClosed } = fake;
    const isComplete = isClosed && processed === fake.members;
    const isWaiting = fake.isDisabled && started < fake.members;
    const status = isComplete ? 'COMPLETE' : isWaiting ? 'WAITING' : 'IN_PROGRESS';
    return { status, members: fake.members, started, processed, isClosed };
  };
  return Object.assign(fake, { step });
}

async function withBatch(
  stepOfBatch: ActivityPorts['stepOfBatch'],
  work: (handle: Awaited<ReturnType<typeof start>>) => Promise<void>,
): Promise<void> {
  const taskQueue = `test-${randomUUID()}`;
  const worker = await stage.createWorkerOn(taskQueue, {
    ...createFakeDelivery([], async () => 200).ports,
    stepOfBatch,
  });
  await worker.runUntil(async () => work(await start(taskQueue)));
}

/** Without asking for its result, which would skip the time that it must not wait for. */
async function untilEnded(handle: WorkflowHandle): Promise<void> {
  await until('its end', async () => (await handle.describe()).status.name === 'COMPLETED', 20);
}

function start(taskQueue: string) {
  const batchId = randomUUID();
  return stage.env.client.workflow.start('batchWorkflow', {
    workflowId: `batch/${batchId}`,
    taskQueue,
    args: [{ batchId }],
  });
}

describe('A batch’s workflow', () => {
  it('starts the members page by page, waits until it is told of a change, and ends when the batch is complete', async () => {
    const batch = createFakeBatch(350);
    await withBatch(batch.step, async (handle) => {
      await until('all members are started', () => batch.started === 350);
      expect(batch.looks).toHaveLength(4);
      expect(await handle.query(batchProgressQuery)).toMatchObject({ started: 350, processed: 0 });

      batch.processed = 350;
      batch.isClosed = true;
      await handle.signal(changedSignal);
      await untilEnded(handle);
    });
    expect(batch.looks.map(({ limit }) => limit)).toEqual([100, 100, 100, 100, 100]);
    // Sooner than it would have looked by itself.
    expect(batch.looks.at(-1)?.second).toBeLessThan(8);
  }, 60_000);

  it('starts nothing while its communication is disabled, and goes on when it is enabled', async () => {
    const batch = createFakeBatch(10);
    batch.isDisabled = true;
    await withBatch(batch.step, async (handle) => {
      await until('a look', () => batch.looks.length === 1);
      expect(await handle.query(batchProgressQuery)).toMatchObject({ status: 'WAITING', started: 0 });

      batch.isDisabled = false;
      batch.isClosed = true;
      batch.processed = 10;
      await handle.signal(changedSignal);
      await handle.result();
    });
    expect(batch.started).toBe(10);
  }, 60_000);

  it('starts what is appended later', async () => {
    const batch = createFakeBatch(10);
    await withBatch(batch.step, async (handle) => {
      await until('the first', () => batch.started === 10);
      batch.members = 30;
      await handle.signal(changedSignal);
      await until('the others', () => batch.started === 30);
      batch.processed = 30;
      batch.isClosed = true;
      await handle.signal(changedSignal);
      await handle.result();
    });
    expect(batch.started).toBe(30);
  }, 60_000);

  it('looks by itself ever more seldom, so that no signal that went astray could keep it for ever', async () => {
    const batch = createFakeBatch(1);
    await withBatch(batch.step, async (handle) => {
      await until('a look', () => batch.looks.length === 1);
      await stage.env.sleep('1 hour');
      batch.processed = 1;
      batch.isClosed = true;
      await handle.result();
    });
    const waits = batch.looks
      .slice(1, 9)
      .map(({ second }, place) => second - (batch.looks[place]?.second ?? 0));
    // A look takes its time as well.
    expect(waits.map((wait) => Math.round(wait / 10) * 10)).toEqual([10, 20, 40, 80, 160, 320, 600, 600]);
  }, 60_000);

  it('goes on when the database is back', async () => {
    const batch = createFakeBatch(5);
    batch.failures = 4;
    await withBatch(batch.step, async (handle) => {
      batch.processed = 5;
      batch.isClosed = true;
      await handle.result();
    });
    expect(batch.looks.slice(0, 5).map(({ second }) => second)).toEqual([0, 1, 3, 7, 15]);
  }, 60_000);

  it('ends where there is no such batch', async () => {
    await withBatch(
      async () => null,
      async (handle) => {
        await handle.result();
      },
    );
  }, 60_000);
});

describe('A member’s workflow', () => {
  const openUntilSent = (fake: ReturnType<typeof createFakeDelivery>, taskQueue: string) =>
    stage.env.client.workflow.start('notificationWorkflow', {
      workflowId: `notification/${fake.notificationId}`,
      taskQueue,
      args: [{ notificationId: fake.notificationId, statuses: [], openUntil: 'message_sent' }],
    });

  it('waits for what becomes of its message, tells of each in order, and ends once it is told of as sent', async () => {
    const sequences: number[] = [];
    const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
      sequences.push(sequence);
      return 200;
    });
    const sent = fake.statuses[2];
    if (sent) sent.event = 'message_sent';
    const taskQueue = `test-${randomUUID()}`;
    const worker = await stage.createWorkerOn(taskQueue, fake.ports);
    await worker.runUntil(async () => {
      const handle = await openUntilSent(fake, taskQueue);
      for (const sequence of [1, 2]) {
        await handle.signal(statusSignal, fake.message(sequence));
        await until('it is told of', () => sequences.includes(sequence));
        expect((await handle.describe()).status.name).toBe('RUNNING');
      }
      await handle.signal(statusSignal, fake.message(3));
      await untilEnded(handle);
    });
    expect(sequences).toEqual([1, 2, 3]);
  }, 60_000);

  it('ends by itself when nothing is heard of its message for a day', async () => {
    const fake = createFakeDelivery([], async () => 200);
    const taskQueue = `test-${randomUUID()}`;
    const worker = await stage.createWorkerOn(taskQueue, fake.ports);
    await worker.runUntil(async () => {
      const handle = await openUntilSent(fake, taskQueue);
      // Asked for its result before it waits, the clock would jump to the end of all time.
      await until('it waits', async () => (await handle.describe()).historyLength >= 5);
      await handle.result();
      // By its own times: once it has ended, the clock may go on to wherever it likes.
      const { startTime, closeTime } = await handle.describe();
      expect(Math.round(((closeTime?.getTime() ?? 0) - startTime.getTime()) / 3_600_000)).toBe(24);
    });
  }, 60_000);
});
