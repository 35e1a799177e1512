import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';
import { notificationWorkflowId } from '../../src/temporal/workflow-id.ts';
import { progressQuery, statusSignal, type NotificationInput } from '../../workflows/messages.ts';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import { createFakeDelivery, type FakeDelivery } from '../support/fake-delivery.ts';
import { createSkippingEnv } from '../support/temporal-env.ts';

let env: TestWorkflowEnvironment;
let bundle: WorkflowBundle;

beforeAll(async () => {
  [env, bundle] = await Promise.all([createSkippingEnv(searchAttributeNames), bundleWorkflows()]);
}, 120_000);

// Of its own for each test, so that what one leaves behind is not another's work.
let taskQueue = '';
beforeEach(() => {
  taskQueue = `test-${randomUUID()}`;
});

afterAll(() => env.teardown());

function createWorker(fake: FakeDelivery): Promise<Worker> {
  return Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue,
    workflowBundle: bundle,
    activities: createActivities(fake.ports),
    // Without sticky queues, whose tasks would wait in real time for a worker that has ended.
    maxCachedWorkflows: 0,
  });
}

function start(fake: FakeDelivery, sequences: readonly number[]) {
  return env.client.workflow.start('notificationWorkflow', {
    workflowId: notificationWorkflowId(fake.notificationId),
    taskQueue,
    args: [
      {
        notificationId: fake.notificationId,
        statuses: sequences.map(fake.message),
      } satisfies NotificationInput,
    ],
  });
}

/** Runs the notification to the end of its workflow and gives the second, from the first attempt, of each attempt. */
async function runToEnd(fake: FakeDelivery, sequences: readonly number[]): Promise<void> {
  const worker = await createWorker(fake);
  await worker.runUntil(async () => {
    const handle = await start(fake, sequences);
    await handle.result();
  });
}

/** A receiver's diary in skipped time: which sequence it was asked for, at which second. */
function createDiary() {
  const entries: { sequence: number; second: number }[] = [];
  let firstMs: number | undefined;
  return {
    entries,
    seconds: () => entries.map(({ second }) => second),
    sequences: () => entries.map(({ sequence }) => sequence),
    note: async (sequence: number) => {
      const nowMs = Number(await env.currentTimeMs());
      firstMs ??= nowMs;
      entries.push({ sequence, second: Math.round((nowMs - firstMs) / 1000) });
    },
  };
}

/** A door that attempts wait at until the test opens it. */
function createDoor() {
  let open: () => void = () => undefined;
  let arrive: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  return {
    open,
    arrived,
    pass: () => {
      arrive();
      return opened;
    },
  };
}

test('five attempts that each fail at once happen at 0, 300, 600, 900 and 1200 seconds, and none after', async () => {
  const diary = createDiary();
  const fake = createFakeDelivery([1], async ({ sequence }) => {
    await diary.note(sequence);
    return 500;
  });

  await runToEnd(fake, [1]);
  await env.sleep('2 hours');

  expect(diary.seconds()).toEqual([0, 300, 600, 900, 1200]);
  expect(fake.statuses[0]).toMatchObject({ state: 'failed' });
}, 60_000);

test('the wait is counted from the end of the attempt before, however long that took', async () => {
  const diary = createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    if (number === 2) await env.sleep('20 seconds');
    return number === 3 ? 200 : 500;
  });

  await runToEnd(fake, [1]);

  expect(diary.seconds()).toEqual([0, 300, 620]);
}, 60_000);

test('a success on the last try is a success', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => (number === 5 ? 204 : 503));

  await runToEnd(fake, [1]);

  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(fake.statuses[0]?.attempts).toHaveLength(5);
}, 60_000);

test('statuses are attempted in sequence, and one that fails for good lets the next one go', async () => {
  const diary = createDiary();
  const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
    await diary.note(sequence);
    return sequence === 2 ? 500 : 200;
  });

  await runToEnd(fake, [1, 2, 3]);

  expect(diary.sequences()).toEqual([1, 2, 2, 2, 2, 2, 3]);
  expect(fake.statuses.map(({ state }) => state)).toEqual(['delivered', 'failed', 'delivered']);
}, 60_000);

test('a late status starts a new run under the same workflow id', async () => {
  const fake = createFakeDelivery([1], async () => 200);
  const worker = await createWorker(fake);

  await worker.runUntil(async () => {
    const first = await start(fake, [1]);
    await first.result();
    fake.add(2);
    const second = await env.client.workflow.signalWithStart('notificationWorkflow', {
      workflowId: first.workflowId,
      taskQueue,
      args: [{ notificationId: fake.notificationId, statuses: [] } satisfies NotificationInput],
      signal: statusSignal,
      signalArgs: [fake.message(2)],
    });
    await second.result();
    expect(second.signaledRunId).not.toBe(first.firstExecutionRunId);
  });

  expect(fake.statuses.map(({ state, attempts }) => [state, attempts.length])).toEqual([
    ['delivered', 1],
    ['delivered', 1],
  ]);
}, 60_000);

test('a signal that overtakes another waits for it', async () => {
  const diary = createDiary();
  const door = createDoor();
  const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
    if (sequence === 1) await door.pass();
    await diary.note(sequence);
    return 200;
  });
  const worker = await createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await start(fake, [1]);
    await door.arrived;
    await handle.signal(statusSignal, fake.message(3));
    await handle.signal(statusSignal, fake.message(2));
    door.open();
    await handle.result();
  });

  expect(diary.sequences()).toEqual([1, 2, 3]);
}, 60_000);

test('a status whose earlier one has not been signalled at all brings that one along, before itself', async () => {
  const diary = createDiary();
  const fake = createFakeDelivery([1, 2], async ({ sequence }) => {
    await diary.note(sequence);
    return 200;
  });

  await runToEnd(fake, [2]);

  expect(diary.sequences()).toEqual([1, 2]);
}, 60_000);

test('a repeated signal changes nothing, during a run and after it', async () => {
  const door = createDoor();
  const fake = createFakeDelivery([1], async () => {
    await door.pass();
    return 200;
  });
  const worker = await createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await start(fake, [1]);
    await door.arrived;
    await handle.signal(statusSignal, fake.message(1));
    door.open();
    await handle.result();
    const again = await start(fake, [1]);
    await again.result();
  });

  expect(fake.statuses[0]?.attempts).toHaveLength(1);
}, 60_000);

test('a worker that ends between two attempts changes neither their number nor their times', async () => {
  const diary = createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    return number === 4 ? 200 : 500;
  });
  const before = await createWorker(fake);
  const handle = await before.runUntil(async () => {
    const started = await start(fake, [1]);
    while (fake.statuses[0]?.attempts.length !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await env.sleep('100 seconds');
    return started;
  });

  const after = await createWorker(fake);
  await after.runUntil(() => handle.result());

  expect(diary.seconds()).toEqual([0, 300, 600, 900]);
}, 60_000);

test('while the database is away nothing is counted and nothing is given up', async () => {
  const fake = createFakeDelivery([1], async () => 200);
  fake.isDatabaseAway = true;
  const worker = await createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await start(fake, [1]);
    await env.sleep('1 hour');
    fake.isDatabaseAway = false;
    await handle.result();
  });

  expect(fake.statuses[0]).toMatchObject({ state: 'delivered' });
  expect(fake.statuses[0]?.attempts).toHaveLength(1);
}, 60_000);

test('tries that Temporal counted but nobody recorded are made up for', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => {
    if (number === 2 && crashes-- > 0) throw new Error('the worker died here');
    return number === 5 ? 200 : 500;
  });
  let crashes = 3;

  await runToEnd(fake, [1]);

  expect(fake.statuses[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
    'http_status',
    'http_status',
    'http_status',
    'http_status',
    'delivered',
  ]);
}, 60_000);

test('an attempt that our own shutdown cut short is not one of the customer’s', async () => {
  const fake = createFakeDelivery([1], async ({ number }) => (number === 2 ? 'cancelled' : 500));

  await runToEnd(fake, [1]);

  expect(fake.statuses[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
    'http_status',
    'cancelled',
    'http_status',
    'http_status',
    'http_status',
    'http_status',
  ]);
}, 60_000);

test('a policy that is changed between two attempts holds from the next one on', async () => {
  const diary = createDiary();
  const fake = createFakeDelivery([1], async ({ sequence, number }) => {
    await diary.note(sequence);
    if (number === 1) fake.policy = { attempts: 3, intervalSeconds: 60, timeoutSeconds: 120 };
    return 500;
  });

  await runToEnd(fake, [1]);

  expect(diary.seconds()).toEqual([0, 300, 360]);
}, 60_000);

test('the progress query tells what is being delivered, what waits and what is done', async () => {
  const door = createDoor();
  const fake = createFakeDelivery([1, 2, 3], async ({ sequence }) => {
    if (sequence === 2) await door.pass();
    return 200;
  });
  const worker = await createWorker(fake);

  await worker.runUntil(async () => {
    const handle = await start(fake, [1, 2, 3]);
    await door.arrived;
    door.open();
    await handle.result();
    expect(await handle.query(progressQuery)).toEqual({ delivering: null, waiting: [], settled: [1, 2, 3] });
  });
}, 60_000);
