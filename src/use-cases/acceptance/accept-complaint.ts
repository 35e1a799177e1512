import { v7 as uuidv7 } from 'uuid';
import { noReportFields, type StatusCommand } from '../../domain/acceptance/acceptance.ts';
import type { AcceptComplaint } from '../../domain/notifications/complaint.schema.ts';
import { fromDate } from '../../domain/instant.ts';
import type { AcceptedStatus } from '../../domain/acceptance/status.schema.ts';
import type { Acceptor } from './accept-events.ts';
import type { Caller } from '../access/caller.ts';

export type AcceptComplaintUseCase = (
  caller: Caller,
  notificationId: string,
  body: AcceptComplaint,
) => Promise<AcceptedStatus>;

/**
 * Accepts that a person has marked an e-mail as unwanted, which becomes the `complaint` callback and leaves the
 * notification's status as it is; see `createAcceptor`.
 */
export function createAcceptComplaint(ports: Acceptor): AcceptComplaintUseCase {
  const { accept } = ports;
  return (caller, notificationId, body) => accept(caller, toCommand(notificationId, body, ports.now()));
}

function toCommand(notificationId: string, body: AcceptComplaint, now: Date): StatusCommand {
  const acceptedAt = fromDate(now);
  const date = body.complaint_date ?? acceptedAt;
  return {
    notificationId,
    event: 'complaint',
    details: { id: body.complaint_id ?? uuidv7(), date },
    eventId: body.event_id ?? uuidv7(),
    status: 'complaint',
    acceptedAt,
    occurredAt: date,
    ...noReportFields,
  };
}
