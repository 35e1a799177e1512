// The stage of the workflow tests: a Temporal with skipped time, the real workflow and activities, a fake delivery.
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ActivityPorts } from '../../activities/index.ts';
import { deliveryWorkflow } from '../../src/domain/workflow-id.ts';
import { statusSignal, type NotificationInput } from '../../workflows/messages.ts';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import { createSkippingEnv } from './temporal-env.ts';
import { testBundle } from './test-bundle.ts';
import { createWorkerSet, type WorkerSet } from './worker-set.ts';

export async function createStage() {
  const env = await createSkippingEnv(searchAttributeNames);
  const workflowBundle = testBundle();
  // Of its own for each stage, so that what another file leaves behind is not this one's work.
  const taskQueues = new Map<FakeDelivery, string>();
  const taskQueueOf = (fake: FakeDelivery): string => {
    const known = taskQueues.get(fake) ?? `test-${randomUUID()}`;
    taskQueues.set(fake, known);
    return known;
  };
  const optionsOf = (fake: FakeDelivery) => ({
    workflowId: deliveryWorkflow('delivery_status', fake.notificationId).id,
    taskQueue: taskQueueOf(fake),
  });

  const connection = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' };

  const stage = {
    env,
    createWorker: (fake: FakeDelivery): Promise<WorkerSet> => {
      fake.clock = () => env.currentTimeMs();
      return createWorkerSet(fake.ports, { ...connection, taskQueue: taskQueueOf(fake), workflowBundle });
    },

    /** The same for workflows that are no notification's. */
    createWorkerOn: (taskQueue: string, ports: ActivityPorts): Promise<WorkerSet> =>
      createWorkerSet(ports, { ...connection, taskQueue, workflowBundle }),

    /** For a set of workers that several notifications share. */
    workersOn: (taskQueue: string) => ({ ...connection, taskQueue, workflowBundle }),

    startOn: (taskQueue: string, fake: FakeDelivery, sequences: readonly number[]) =>
      env.client.workflow.start('notificationWorkflow', {
        ...optionsOf(fake),
        taskQueue,
        args: [input(fake, sequences)],
      }),

    start: (fake: FakeDelivery, sequences: readonly number[]) =>
      env.client.workflow.start('notificationWorkflow', {
        ...optionsOf(fake),
        args: [input(fake, sequences)],
      }),

    signalWithStart: (fake: FakeDelivery, sequence: number) =>
      env.client.workflow.signalWithStart('notificationWorkflow', {
        ...optionsOf(fake),
        args: [input(fake, [])],
        signal: statusSignal,
        signalArgs: [fake.message(sequence)],
      }),

    /** Runs the notification from these statuses to the end of its workflow. */
    async runToEnd(fake: FakeDelivery, sequences: readonly number[]): Promise<void> {
      const worker = await stage.createWorker(fake);
      await worker.runUntil(async () => {
        const handle = await stage.start(fake, sequences);
        await handle.result();
      });
    },

    createDiary: () => createDiary(env),
  };
  return stage;
}

export type Stage = Awaited<ReturnType<typeof createStage>>;

function input(fake: FakeDelivery, sequences: readonly number[]): NotificationInput {
  return { notificationId: fake.notificationId, statuses: sequences.map(fake.message), inTurn: true };
}

/** A receiver's diary in skipped time: which sequence it was asked for, at which second after the first. */
function createDiary(env: TestWorkflowEnvironment) {
  const entries: { sequence: number; second: number }[] = [];
  let firstMs: number | undefined;
  return {
    seconds: () => entries.map(({ second }) => second),
    sequences: () => entries.map(({ sequence }) => sequence),
    note: async (sequence: number) => {
      const nowMs = await env.currentTimeMs();
      firstMs ??= nowMs;
      entries.push({ sequence, second: (nowMs - firstMs) / 1000 });
    },
  };
}
