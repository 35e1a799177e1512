import { notFound } from '../domain/errors.ts';
import type { Attempt, CallbackHistory } from '../domain/history.schema.ts';
import type { Page } from '../domain/page.schema.ts';
import type { InboundStore, StatusStore, StoredInbound } from '../ports/index.ts';
import { maySee, type Caller } from './caller.ts';
import { beforeOf, toCallbackResult, type HistoryPage, type WorkflowUrl } from './show-history.ts';

/** What became of one message that came in. */
export async function showInboundHistory(
  ports: { inbound: InboundStore; statuses: Pick<StatusStore, 'history'>; workflowUrl: WorkflowUrl },
  caller: Caller,
  messageId: string,
): Promise<Page<CallbackHistory['items'][number]>> {
  const { notificationId, sequence } = await findOwn(ports, caller, messageId);
  const rows = await ports.statuses.history(notificationId, { limit: 1, after: sequence - 1 });
  return {
    items: rows.map((row) => toCallbackResult(row, notificationId, ports.workflowUrl)),
    nextCursor: null,
  };
}

/** The attempts to deliver one message, the newest first, a page at a time. */
export async function showInboundAttempts(
  ports: { inbound: InboundStore; statuses: Pick<StatusStore, 'attempts'> },
  caller: Caller,
  messageId: string,
  { limit, cursor }: HistoryPage,
): Promise<Page<Attempt>> {
  const { notificationId } = await findOwn(ports, caller, messageId);
  return ports.statuses.attempts({ notificationId, eventId: messageId }, { limit, before: beforeOf(cursor) });
}

async function findOwn(
  { inbound }: { inbound: InboundStore },
  caller: Caller,
  id: string,
): Promise<StoredInbound> {
  const message = await inbound.find(id);
  if (!message || !maySee(caller, message)) throw notFound('inbound message');
  return message;
}
