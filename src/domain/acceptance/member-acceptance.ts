// The decision made when something is told of a member of a batch: what it says of a destination, and whether with it the
// whole message is sent. Pure, as `planAcceptance` is for other notifications.
import {
  noReportFields,
  type Acceptance,
  type AcceptancePlan,
  type AcceptanceSnapshot,
  type PlannedStatus,
  type StatusCommand,
} from './acceptance.ts';
import { heldReason } from '../callbacks/callback-state.ts';
import type { FieldError } from '../errors.ts';
import type { EventName } from '../event.ts';
import { isProcessedBy, isTwilio, statusesOf } from './destination-statuses.ts';

export type DestinationSnapshot = {
  place: number;
  type: string;
  address: string;
  provider: string | null;
  status: string | null;
  isProcessed: boolean;
};

/** Which destination is meant, as the caller says it: one, the message as a whole, or none, when nothing is said of any. */
export type NamedDestination = { to: string; type: string | null } | 'all' | 'none';

type MemberSnapshot = AcceptanceSnapshot & { destinations: readonly DestinationSnapshot[] };

/** What is wrong with a command for this member; null when nothing is. */
export function memberObjection(
  destinations: readonly DestinationSnapshot[],
  { event, destination = 'all', status }: StatusCommand,
): FieldError | null {
  const isProblem = event === 'message_delivery_problem';
  if (typeof destination === 'string')
    return isProblem
      ? null
      : { path: 'destination', message: 'is required: the `to` of one of its destinations' };
  const [first, ...others] = meant(destinations, destination);
  if (!first) return { path: 'destination', message: 'this message has no such destination' };
  if (others.length > 0)
    return { path: 'destination_type', message: 'is required: this message goes there in several ways' };
  if (isProblem || statusesOf(first).includes(status)) return null;
  return { path: 'status', message: `for this destination, must be one of: ${statusesOf(first).join(', ')}` };
}

/**
 * Plans one member's commands, in their order. With the one that leaves no destination unprocessed comes, once for the
 * member, `message_sent`; `newId` gives its event id.
 */
export function planMember(
  snapshot: MemberSnapshot,
  commands: readonly StatusCommand[],
  newId: () => string,
): { answers: Acceptance[]; plan: AcceptancePlan | null } {
  const known = new Map(snapshot.knownEvents);
  const destinations = snapshot.destinations.map((destination) => ({ ...destination }));
  const touched = new Set<DestinationSnapshot>();
  const statuses: PlannedStatus[] = [];
  let { finalSequence } = snapshot;
  const add = (command: StatusCommand, skipped: string | null): number => {
    const sequence = snapshot.lastSequence + statuses.length + 1;
    const callbackId = snapshot.callbacks[command.event]?.id ?? null;
    statuses.push({ ...command, sequence, callbackId, ...plannedState(snapshot, command.event, skipped) });
    return sequence;
  };

  const answers = commands.map((command): Acceptance => {
    const first = known.get(command.eventId);
    if (first !== undefined) return { sequence: first, isDuplicate: true };
    const reached = reachedBy(destinations, command);
    const place = typeof command.destination === 'object' ? (reached[0]?.place ?? null) : null;
    const sequence = add(
      { ...command, details: { ...command.details, destination: place } },
      skipReason(reached, command),
    );
    known.set(command.eventId, sequence);
    for (const destination of reached) {
      destination.status = command.status;
      destination.isProcessed ||= command.event !== changeEvent || isProcessedBy(destination, command.status);
      touched.add(destination);
    }
    if (finalSequence === null && destinations.every(({ isProcessed }) => isProcessed))
      finalSequence = add(messageSent(command, newId()), null);
    return { sequence, isDuplicate: false };
  });

  const last = statuses.at(-1);
  if (!last) return { answers, plan: null };
  const plan = {
    notificationId: snapshot.notificationId,
    fromSequence: snapshot.lastSequence,
    toSequence: last.sequence,
    finalSequence,
    status: statuses.findLast((planned) => saysSomething(planned))?.status ?? null,
    completedAt: finalSequence === null ? null : last.occurredAt,
    sentAt: snapshot.sentAt,
    statuses,
    destinations: [...touched].map(({ place, status, isProcessed }) => ({ place, status, isProcessed })),
  };
  return { answers, plan };
}

/** Of a destination; not that all are processed, nor that a callback could not be made. */
function saysSomething({ event, destination }: StatusCommand): boolean {
  return event !== 'message_sent' && destination !== 'none';
}

const changeEvent = 'message_delivery_status_change';

function meant(
  destinations: readonly DestinationSnapshot[],
  { to, type }: Exclude<NamedDestination, string>,
): DestinationSnapshot[] {
  return destinations.filter((own) => own.address === to && (type === null || own.type === type));
}

/** A problem of the whole message is one of each destination that nothing has become of yet. */
function reachedBy(
  destinations: DestinationSnapshot[],
  { destination = 'all' }: StatusCommand,
): DestinationSnapshot[] {
  if (destination === 'none') return [];
  return destination === 'all'
    ? destinations.filter(({ isProcessed }) => !isProcessed)
    : meant(destinations, destination);
}

function skipReason(
  reached: readonly DestinationSnapshot[],
  { event, status }: StatusCommand,
): string | null {
  const [destination] = reached;
  if (event !== changeEvent || !destination) return null;
  if (!isTwilio(destination)) return 'Dispatch tells of status changes of Twilio SMS and Twilio Voice only.';
  return destination.status === status ? `The destination had the status ${status} already.` : null;
}

function plannedState(
  { callbacks }: AcceptanceSnapshot,
  event: EventName,
  skipped: string | null,
): Pick<PlannedStatus, 'state' | 'stateReason'> {
  const reason = skipped ?? (callbacks[event] ? null : `The communication has no callback for ${event}.`);
  if (reason !== null) return { state: 'skipped', stateReason: reason };
  return callbacks[event]?.isDisabled
    ? { state: 'held', stateReason: heldReason }
    : { state: 'pending', stateReason: null };
}

function messageSent(
  { notificationId, acceptedAt, occurredAt }: StatusCommand,
  eventId: string,
): StatusCommand {
  return {
    notificationId,
    eventId,
    event: 'message_sent',
    details: null,
    status: 'processed',
    acceptedAt,
    occurredAt,
    ...noReportFields,
    completedAt: occurredAt,
  };
}
