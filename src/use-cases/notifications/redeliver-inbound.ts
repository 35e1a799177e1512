import { notFound } from '../../domain/errors.ts';
import type { Redelivery } from '../../domain/notifications/history.schema.ts';
import type { InboundStore, Redeliveries } from '../../ports/index.ts';
import { maySee, type Caller } from '../access/caller.ts';
import { redeliver } from './redeliver-status.ts';

/** Sends a message that came in again, as `redeliverStatus` does with a status. */
export async function redeliverInbound(
  ports: { inbound: InboundStore; redeliveries: Redeliveries },
  caller: Caller,
  messageId: string,
): Promise<Redelivery> {
  const message = await ports.inbound.find(messageId);
  if (!message || !maySee(caller, message)) throw notFound('inbound message');
  return redeliver(ports, message.notificationId, messageId);
}
