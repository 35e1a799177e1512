import { Worker } from '@temporalio/worker';

type CreatorArguments = Parameters<(typeof Worker)['createWorkflowCreator']>;

/**
 * A worker whose workflows may run for as long as they like. The SDK guards each of its ten entries into a workflow's
 * sandbox with a thread of its own that it starts, and waits for, to break off endless loops: a third of what a workflow
 * costs. Ours have no loop that does not wait for something.
 */
export class UnwatchedWorker extends Worker {
  protected static override createWorkflowCreator(...[bundle, options, logger]: CreatorArguments) {
    const isolateExecutionTimeoutMs = undefined as unknown as number;
    return super.createWorkflowCreator(bundle, { ...options, isolateExecutionTimeoutMs }, logger);
  }
}
