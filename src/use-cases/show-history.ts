import { shownStates, type CallbackState } from '../domain/callback-state.ts';
import { notFound } from '../domain/errors.ts';
import { deliveryWorkflow } from '../domain/workflow-id.ts';
import type { CallbackHistory } from '../domain/history.schema.ts';
import type { HistoryRow, NotificationStore, StatusStore } from '../ports/index.ts';
import { maySee, type Caller } from './caller.ts';

/** Where a person can look at a workflow; null where there is no page for it. */
export type WorkflowUrl = (workflowId: string) => string | null;

/** What became of every status of a notification, in sequence, with every attempt. */
export async function showHistory(
  ports: {
    notifications: NotificationStore;
    statuses: Pick<StatusStore, 'history'>;
    workflowUrl: WorkflowUrl;
  },
  caller: Caller,
  notificationId: string,
): Promise<CallbackHistory> {
  const notification = await ports.notifications.find(notificationId);
  if (!notification || !maySee(caller, notification)) throw notFound('notification');

  const rows = await ports.statuses.history(notificationId);
  return { items: toCallbackResults(rows, notificationId, ports.workflowUrl) };
}

export function toCallbackResults(
  rows: readonly HistoryRow[],
  notificationId: string,
  workflowUrl: WorkflowUrl,
): CallbackHistory['items'] {
  const states = shownStates(rows);
  return rows.map((row, index) =>
    toCallbackResult(row, states[index] ?? row.state, notificationId, workflowUrl),
  );
}

export function toCallbackResult(
  row: HistoryRow,
  state: CallbackState,
  notificationId: string,
  workflowUrl: WorkflowUrl,
): CallbackHistory['items'][number] {
  // A skipped status never reaches a workflow.
  const workflowId = row.state === 'skipped' ? null : deliveryWorkflow(row.event, notificationId).id;
  return {
    id: row.eventId,
    event: row.event,
    sequence: row.sequence,
    status: row.status,
    state,
    state_reason: row.stateReason,
    url: row.url,
    accepted_at: row.acceptedAt,
    occurred_at: row.occurredAt,
    status_description: row.statusDescription,
    provider_response: row.providerResponse,
    next_attempt_at: row.nextAttemptAt,
    workflow_id: workflowId,
    workflow_url: workflowId && workflowUrl(workflowId),
    attempts: row.attempts,
  };
}
