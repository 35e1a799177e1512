import { shownStates } from '../domain/callback-state.ts';
import { notFound } from '../domain/errors.ts';
import { deliveryWorkflow } from '../domain/workflow-id.ts';
import type { Attempt, CallbackHistory } from '../domain/history.schema.ts';
import type { Page } from '../domain/page.schema.ts';
import type { HistoryRow, NotificationStore, StatusStore } from '../ports/index.ts';
import { maySee, type Caller } from './caller.ts';

/** Where a person can look at a workflow; null where there is no page for it. */
export type WorkflowUrl = (workflowId: string) => string | null;

/** What became of the statuses of a notification, in sequence, a page at a time. */
export async function showHistory(
  ports: {
    notifications: NotificationStore;
    statuses: Pick<StatusStore, 'history'>;
    workflowUrl: WorkflowUrl;
  },
  caller: Caller,
  notificationId: string,
  { limit, cursor }: HistoryPage,
): Promise<Page<CallbackHistory['items'][number]>> {
  await findOwn(ports, caller, notificationId);
  const rows = await ports.statuses.history(notificationId, { limit, after: Number(cursor ?? 0) });
  const last = rows.at(-1);
  return {
    items: rows.map((row) => toCallbackResult(row, notificationId, ports.workflowUrl)),
    nextCursor: last?.hasNext === true ? String(last.sequence) : null,
  };
}

/** The attempts to deliver one status of a notification, the newest first, a page at a time. */
export async function showAttempts(
  ports: { notifications: NotificationStore; statuses: Pick<StatusStore, 'attempts'> },
  caller: Caller,
  { notificationId, eventId }: { notificationId: string; eventId: string },
  { limit, cursor }: HistoryPage,
): Promise<Page<Attempt>> {
  await findOwn(ports, caller, notificationId);
  return ports.statuses.attempts({ notificationId, eventId }, { limit, before: beforeOf(cursor) });
}

export type HistoryPage = { limit: number; cursor?: string | undefined };

export const beforeOf = (cursor: string | undefined): number | null =>
  cursor === undefined ? null : Number(cursor);

async function findOwn(
  { notifications }: { notifications: NotificationStore },
  caller: Caller,
  id: string,
): Promise<void> {
  const notification = await notifications.find(id);
  if (!notification || !maySee(caller, notification)) throw notFound('notification');
}

export function toCallbackResult(
  row: HistoryRow,
  notificationId: string,
  workflowUrl: WorkflowUrl,
): CallbackHistory['items'][number] {
  // A skipped status never reaches a workflow.
  const workflowId = row.state === 'skipped' ? null : deliveryWorkflow(row.event, notificationId).id;
  // They are numbered from 1 on.
  const firstNumber = row.attempts[0]?.number ?? 1;
  return {
    id: row.eventId,
    event: row.event,
    sequence: row.sequence,
    status: row.status,
    state: shownStates([row])[0] ?? row.state,
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
    attempts_cursor: firstNumber > 1 ? String(firstNumber) : null,
  };
}
