import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { AppError } from '../domain/errors.ts';
import type { WorkflowStarter } from '../ports/index.ts';
import { communicationAttributes } from './communication-attributes.ts';
import { isRefusal } from './is-refusal.ts';
import { mainTaskQueue } from './task-queues.ts';

/** Starts the workflows that were asked for. `connected` gives the client, or null while Temporal cannot be reached. */
export function createWorkflowStarter(connected: () => Client | null): WorkflowStarter {
  return {
    async start({ workflowId, workflowType, argument, delayUntil, signal, ...owner }) {
      const client = connected();
      if (!client) throw new AppError('UNAVAILABLE', 'Temporal cannot be reached.');
      try {
        const options = {
          workflowId,
          taskQueue: mainTaskQueue,
          args: [argument],
          typedSearchAttributes: communicationAttributes(owner),
        };
        if (signal !== null) {
          await client.workflow.signalWithStart(workflowType, { ...options, signal });
          return;
        }
        await client.workflow.start(workflowType, {
          ...options,
          // Once for ever: the id names the one incident that there is.
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          ...(delayUntil !== null && { startDelay: Math.max(0, Date.parse(delayUntil) - Date.now()) }),
        });
      } catch (cause) {
        if (cause instanceof WorkflowExecutionAlreadyStartedError) return;
        if (isRefusal(cause)) throw cause;
        throw new AppError('UNAVAILABLE', 'Temporal did not take it.', { cause });
      }
    },
  };
}
