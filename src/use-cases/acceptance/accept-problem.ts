import { v7 as uuidv7 } from 'uuid';
import { noReportFields, type StatusCommand } from '../../domain/acceptance/acceptance.ts';
import { fromDate } from '../../domain/instant.ts';
import type { AcceptProblem, AcceptedStatus } from '../../domain/acceptance/status.schema.ts';
import type { Acceptor } from './accept-events.ts';
import type { Caller } from '../access/caller.ts';
import { eventIdFrom } from './event-id-from.ts';

export type AcceptProblemUseCase = (
  caller: Caller,
  notificationId: string,
  body: AcceptProblem,
) => Promise<AcceptedStatus>;

/**
 * Accepts that a member's message could not be made, or not be delivered to a destination, which is then processed. It
 * becomes the `message_delivery_problem` callback; see `createAcceptor`.
 */
export function createAcceptProblem(ports: Acceptor): AcceptProblemUseCase {
  const { accept } = ports;
  return (caller, notificationId, body) => {
    const { message, destination, destination_type: type = null, occurred_at: occurredAt } = body;
    return accept(caller, {
      ...toCommand(notificationId, body.event_id ?? uuidv7(), message, ports.now()),
      ...(occurredAt !== undefined && { occurredAt }),
      destination: destination === undefined ? 'all' : { to: destination, type },
    });
  };
}

/**
 * Accepts that a callback of a member could not be made, because its URL has a variable that the message has not. It says
 * nothing of the message's destinations. Of one event there is one such problem.
 */
export function createReportProblem(
  ports: Acceptor,
): (event: { notificationId: string; eventId: string }, message: string) => Promise<void> {
  const { accept } = ports;
  return async ({ notificationId, eventId }, message) => {
    const problemId = eventIdFrom(`problem/${eventId}`);
    const command = toCommand(notificationId, problemId, message, ports.now());
    await accept({ kind: 'operator' }, { ...command, destination: 'none' });
  };
}

function toCommand(notificationId: string, eventId: string, message: string, now: Date): StatusCommand {
  const acceptedAt = fromDate(now);
  return {
    notificationId,
    event: 'message_delivery_problem',
    details: { message },
    eventId,
    status: 'problem',
    acceptedAt,
    occurredAt: acceptedAt,
    ...noReportFields,
  };
}
