import { v7 as uuidv7 } from 'uuid';
import type { StatusCommand } from '../domain/acceptance.ts';
import { fromDate } from '../domain/instant.ts';
import type { AcceptedStatus, AcceptStatus } from '../domain/status.schema.ts';
import { createAcceptEvents, type AcceptancePorts } from './accept-events.ts';
import type { Caller } from './caller.ts';

export type AcceptStatusUseCase = (
  caller: Caller,
  notificationId: string,
  body: AcceptStatus,
) => Promise<AcceptedStatus>;

/** Accepts a status of a notification; see `createAcceptEvents`. */
export function createAcceptStatus(ports: AcceptancePorts): AcceptStatusUseCase {
  const accept = createAcceptEvents(ports);
  return (caller, notificationId, body) => accept(caller, toCommand(notificationId, body, ports.now()));
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
