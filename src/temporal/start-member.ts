import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { AppError } from '../domain/errors.ts';
import { deliveryWorkflow } from '../domain/workflow-id.ts';
import type { MemberWorkflows } from '../ports/index.ts';
import type { NotificationInput } from '../../workflows/messages.ts';
import { ringbackState } from '../../workflows/search-attributes.ts';
import { communicationAttributes } from './communication-attributes.ts';
import { mainTaskQueue } from './task-queues.ts';

/** Starts the workflows of members, eagerly. `connected` gives the client, or null while Temporal cannot be reached. */
export function createMemberWorkflows(connected: () => Client | null): MemberWorkflows {
  return {
    async start({ notificationId, ...owner }) {
      const client = connected();
      if (!client) throw new AppError('UNAVAILABLE', 'Temporal cannot be reached.');
      const { type, id } = deliveryWorkflow('message_sent', notificationId);
      try {
        await client.workflow.start(type, {
          workflowId: id,
          taskQueue: mainTaskQueue,
          args: [
            {
              notificationId,
              statuses: [],
              openUntil: 'message_sent',
            } satisfies NotificationInput,
          ],
          requestEagerStart: true,
          staticSummary: 'dispatch: member',
          typedSearchAttributes: [
            ...communicationAttributes({ ...owner, profile: 'dispatch' }),
            { key: ringbackState, value: 'waiting' },
          ],
        });
      } catch (cause) {
        if (cause instanceof WorkflowExecutionAlreadyStartedError) return;
        throw cause;
      }
    },
  };
}
