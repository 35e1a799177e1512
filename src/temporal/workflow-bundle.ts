import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const workflowsFolder = fileURLToPath(new URL('../../workflows/', import.meta.url));
const builtBundle = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

/** The workflows as the worker loads them: the bundle of the build if there is one, else made now (2 to 4 s). */
export async function loadWorkflowBundle(): Promise<WorkflowBundle | { codePath: string }> {
  return existsSync(builtBundle) ? { codePath: builtBundle } : bundleWorkflows();
}

export function bundleWorkflows(): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: workflowsFolder,
    logger: new DefaultLogger('WARN'),
    // Evaluated once a thread instead of once a workflow; none of our modules keeps anything of a workflow's outside of it.
    preloadModules: ['without-stack-traces.ts', 'index.ts'].map((name) => join(workflowsFolder, name)),
  });
}
