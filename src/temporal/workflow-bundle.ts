import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const workflowsFolder = fileURLToPath(new URL('../../workflows/', import.meta.url));
const builtBundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The workflows as the worker loads them: the bundle of the build if there is one, else made now (2 to 4 s). */
export async function loadWorkflowBundle(): Promise<WorkflowBundle | { codePath: string }> {
  return existsSync(builtBundle) ? { codePath: builtBundle } : bundleWorkflows();
}

export function bundleWorkflows(): Promise<WorkflowBundle> {
  return bundleWorkflowCode({ workflowsPath: workflowsFolder, logger: new DefaultLogger('WARN') });
}
