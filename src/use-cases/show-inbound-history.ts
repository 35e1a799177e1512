import { notFound } from '../domain/errors.ts';
import type { CallbackHistory } from '../domain/history.schema.ts';
import type { InboundStore, StatusStore } from '../ports/index.ts';
import { maySee, type Caller } from './caller.ts';
import { toCallbackResults, type WorkflowUrl } from './show-history.ts';

/** What became of one message that came in, with every attempt. */
export async function showInboundHistory(
  ports: { inbound: InboundStore; statuses: Pick<StatusStore, 'history'>; workflowUrl: WorkflowUrl },
  caller: Caller,
  messageId: string,
): Promise<CallbackHistory> {
  const message = await ports.inbound.find(messageId);
  if (!message || !maySee(caller, message)) throw notFound('inbound message');
  // All that its number sent: whether this one is being delivered is told from those before it.
  const rows = await ports.statuses.history(message.notificationId);
  const results = toCallbackResults(rows, message.notificationId, ports.workflowUrl);
  return { items: results.filter(({ id }) => id === messageId) };
}
