import { v7 as uuidv7 } from 'uuid';
import type { StatusCommand } from '../../domain/acceptance/acceptance.ts';
import { fromDate } from '../../domain/instant.ts';
import type { AcceptedStatus, AcceptStatus } from '../../domain/acceptance/status.schema.ts';
import type { Acceptor } from './accept-events.ts';
import type { Caller } from '../access/caller.ts';

export type AcceptStatusUseCase = (
  caller: Caller,
  notificationId: string,
  body: AcceptStatus,
) => Promise<AcceptedStatus>;

/** Accepts a status of a notification; see `createAcceptor`. */
export function createAcceptStatus(ports: Acceptor): AcceptStatusUseCase {
  const { accept } = ports;
  return (caller, notificationId, body) => {
    const command = toCommand(notificationId, body, ports.now());
    return accept(caller, body.destination === undefined ? command : ofDestination(command, body));
  };
}

/** What is said of a member's destination is told as a change of its status, where it is told. */
function ofDestination(command: StatusCommand, body: AcceptStatus): StatusCommand {
  return {
    ...command,
    event: 'message_delivery_status_change',
    destination: { to: body.destination ?? '', type: body.destination_type ?? null },
  };
}

function toCommand(notificationId: string, body: AcceptStatus, now: Date): StatusCommand {
  const acceptedAt = fromDate(now);
  const occurredAt = body.occurred_at ?? acceptedAt;
  return {
    notificationId,
    event: 'delivery_status',
    details: null,
    eventId: body.event_id ?? uuidv7(),
    status: body.status,
    acceptedAt,
    occurredAt,
    // The Notify systems send the time of the last change here, whether or not the status is final.
    completedAt: body.completed_at === undefined ? occurredAt : body.completed_at,
    sentAt: body.sent_at ?? null,
    statusDescription: body.status_description ?? null,
    providerResponse: body.provider_response ?? null,
  };
}
