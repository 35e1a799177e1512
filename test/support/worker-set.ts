import { randomUUID } from 'node:crypto';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type ActivityPorts } from '../../activities/index.ts';
import { attemptSlots, awaitSlots, workflowSlots } from '../../src/temporal/worker-slots.ts';
import { attemptsTaskQueue } from '../../workflows/task-queues.ts';

export type WorkerSet = Pick<Worker, 'runUntil'>;

/** What one process of Ringback has: a worker for the workflows, one for attempts, and one that is its own. */
export async function createWorkerSet(
  ports: ActivityPorts,
  options: {
    connection: NativeConnection;
    namespace: string;
    taskQueue: string;
    maxCachedWorkflows?: number;
  } & Pick<WorkerOptions, 'workflowBundle'>,
): Promise<WorkerSet> {
  const { workflowBundle, taskQueue, maxCachedWorkflows = 0, ...rest } = options;
  const ownTaskQueue = `${taskQueue}-process-${randomUUID()}`;
  const common = { ...rest, activities: createActivities({ ...ports, ownTaskQueue }) };
  // Without sticky queues, whose tasks would wait in real time for a worker that has ended.
  const workflows = await Worker.create({
    ...common,
    ...workflowSlots,
    taskQueue,
    ...(workflowBundle && { workflowBundle }),
    maxCachedWorkflows,
  });
  const attempts = await Worker.create({
    ...common,
    ...attemptSlots,
    taskQueue: attemptsTaskQueue(taskQueue),
  });
  const own = await Worker.create({ ...common, ...awaitSlots, taskQueue: ownTaskQueue });
  return { runUntil: (work) => attempts.runUntil(() => own.runUntil(() => workflows.runUntil(work))) };
}
