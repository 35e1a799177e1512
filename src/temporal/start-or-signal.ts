import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { AppError } from '../domain/errors.ts';
import type { DispatchEntry, Workflows } from '../ports/index.ts';
import { statusSignal, type NotificationInput, type StatusMessage } from '../../workflows/messages.ts';
import { ringbackState } from '../../workflows/search-attributes.ts';
import { communicationAttributes } from './communication-attributes.ts';
import { isRefusal } from './is-refusal.ts';
import { mainTaskQueue } from './task-queues.ts';
import { deliveryWorkflow } from '../domain/workflow-id.ts';

/**
 * Starts notification workflows, or signals the run that is open. `connected` gives the client, or null while Temporal
 * cannot be reached. What there is to tell is a new run's input, so that the start can be eager: the server hands the first
 * workflow task to this very process in its answer. Most runs have ended when a later status comes, so that is tried first.
 */
export function createWorkflowStarts(
  connected: () => Client | null,
  options: { isEager: boolean },
): Workflows {
  return {
    async startOrSignal(entries) {
      const client = connected();
      if (!client) throw new AppError('UNAVAILABLE', 'Temporal cannot be reached.');
      try {
        const [first] = entries;
        if (first && !isOfMember(first) && (await start(client, first, entries, options))) return 'started';
        for (const entry of entries) await signal(client, entry);
        return 'signalled';
      } catch (cause) {
        if (isRefusal(cause)) throw cause;
        throw new AppError('UNAVAILABLE', 'Temporal did not take it.', { cause });
      }
    },
  };
}

/** The batch of a member has started its workflow, most likely, and that is open. */
function isOfMember({ event }: DispatchEntry): boolean {
  return event.startsWith('message_');
}

/** False when a run is open already, which then has to be signalled. */
async function start(
  client: Client,
  first: DispatchEntry,
  entries: readonly DispatchEntry[],
  { isEager }: { isEager: boolean },
): Promise<boolean> {
  try {
    const { type, id } = deliveryWorkflow(first.event, first.notificationId);
    await client.workflow.start(type, {
      ...runOptions(first, id),
      args: [
        {
          notificationId: first.notificationId,
          statuses: entries.map(toMessage),
        } satisfies NotificationInput,
      ],
      requestEagerStart: isEager,
    });
    return true;
  } catch (cause) {
    if (cause instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw cause;
  }
}

async function signal(client: Client, entry: DispatchEntry): Promise<void> {
  const { type, id } = deliveryWorkflow(entry.event, entry.notificationId);
  await client.workflow.signalWithStart(type, {
    ...runOptions(entry, id),
    args: [{ notificationId: entry.notificationId, statuses: [] } satisfies NotificationInput],
    signal: statusSignal,
    signalArgs: [toMessage(entry)],
  });
}

function runOptions(entry: DispatchEntry, workflowId: string) {
  return {
    workflowId,
    taskQueue: mainTaskQueue,
    staticSummary: `${entry.profile}: ${entry.status}`,
    typedSearchAttributes: [
      ...communicationAttributes({ ...entry, communicationId: entry.callbackId }),
      { key: ringbackState, value: 'delivering' },
    ],
  };
}

function toMessage({ sequence, status, eventId, event }: DispatchEntry): StatusMessage {
  return { sequence, status, eventId, ...(event !== 'delivery_status' && { event }) };
}
