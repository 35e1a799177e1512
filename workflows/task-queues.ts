/**
 * Where attempts run that may take their time, with slots of their own: what hangs there holds up no workflow. Derived
 * from the queue of the workflow, so that each set of workers has both.
 */
export function attemptsTaskQueue(workflowTaskQueue: string): string {
  return `${workflowTaskQueue}-attempts`;
}
