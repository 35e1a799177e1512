// The decision made when statuses are accepted: which sequence each gets, and whether it becomes a callback. It is
// pure, so that the same snapshot and commands always give the same plan and a lost race is simply planned again.
import type { CallbackFilter } from './callback.schema.ts';
import { heldReason, type StoredState } from './callback-state.ts';
import type { Complaint } from './complaint.ts';
import type { InboundMessage } from './inbound.ts';
import type { EventName } from './event.ts';
import type { Instant } from './instant.ts';
import type { KeyType } from './key-type.ts';
import type { DestinationSnapshot, NamedDestination } from './member-acceptance.ts';

/** One thing that somebody reported, with everything defaulted. */
export type StatusCommand = {
  event: EventName;
  /** What the event says beside its status; null for most. */
  details: Complaint | InboundMessage | MemberDetails | null;
  /** Of a member of a batch: which of its destinations is meant; left out for all others. */
  destination?: NamedDestination;
  notificationId: string;
  eventId: string;
  status: string;
  acceptedAt: Instant;
  occurredAt: Instant;
  completedAt: Instant | null;
  sentAt: Instant | null;
  statusDescription: string | null;
  providerResponse: string | null;
};

/** What a report of a provider may say beside its status, and all other events do not. */
export const unreported = {
  completedAt: null,
  sentAt: null,
  statusDescription: null,
  providerResponse: null,
} as const satisfies Partial<StatusCommand>;

/** Of a member of a batch: the place of its destination, null for the message as a whole, and what the problem is. */
type MemberDetails = { destination?: number | null; message?: string };

/** `receiverId` is what has limits of its own, where it is not the callback: the origin of the notification's own URL. */
type SnapshotCallback = {
  id: string;
  receiverId?: string;
  filter: CallbackFilter;
  isDisabled: boolean;
  maxInFlight: number;
};

/** A notification as it stood when the plan was made; a commit is refused when `lastSequence` has moved since. */
export type AcceptanceSnapshot = {
  notificationId: string;
  serviceId: string;
  /** Of the key that registered it. */
  keyType: KeyType;
  profile: string;
  notificationType: string;
  templateId: string | null;
  lastSequence: number;
  finalSequence: number | null;
  sentAt: Instant | null;
  /** Those of the service, or of the Dispatch communication, by their events. */
  callbacks: Partial<Record<EventName, SnapshotCallback>>;
  /** Null unless it is a member of a batch. */
  destinations: readonly DestinationSnapshot[] | null;
  /** The sequences of those of the commands' event ids that were accepted before. */
  knownEvents: ReadonlyMap<string, number>;
};

/** Which of a profile's statuses become callbacks when the callback names none itself. */
export type CallbackRule = {
  /** Of which notifications the system tells at all. */
  notificationTypes: ReadonlySet<string>;
  statuses: ReadonlySet<string> | 'every';
  /** Only the first final status of a notification is sent; a later one is kept and marked. */
  firstFinalOnly: boolean;
  finalStatuses: ReadonlySet<string>;
};

export type PlannedStatus = StatusCommand & {
  sequence: number;
  callbackId: string | null;
  /** `held` only while the callback is still disabled when it is committed, else it is pending. */
  state: Extract<StoredState, 'pending' | 'held' | 'skipped'>;
  /** Why it is not sent now, in words; null when it is pending. */
  stateReason: string | null;
};

type DestinationChange = Pick<DestinationSnapshot, 'place' | 'status' | 'isProcessed'>;

export type AcceptancePlan = {
  notificationId: string;
  fromSequence: number;
  toSequence: number;
  finalSequence: number | null;
  /** Null when none of it changes the notification's: a complaint does not, nor does what comes too late. */
  status: string | null;
  completedAt: Instant | null;
  sentAt: Instant | null;
  statuses: PlannedStatus[];
  /** What has become of a member's destinations. */
  destinations: DestinationChange[];
};

/** The answer to one command: `plan` is null when all of a notification's commands were repeats. */
export type Acceptance = { sequence: number; isDuplicate: boolean };

/**
 * Plans one notification's commands, in their order. The answers stand at the commands' places; an event id that was
 * seen before, in the database or earlier in `commands`, gets its first sequence again.
 */
export function planAcceptance(
  snapshot: AcceptanceSnapshot,
  commands: readonly StatusCommand[],
  rule: CallbackRule,
): { answers: Acceptance[]; plan: AcceptancePlan | null } {
  const known = new Map(snapshot.knownEvents);
  const statuses: PlannedStatus[] = [];
  let { finalSequence, sentAt } = snapshot;
  let completedAt: Instant | null = null;
  let lastStatus: string | null = null;

  const answers = commands.map((command): Acceptance => {
    const first = known.get(command.eventId);
    if (first !== undefined) return { sequence: first, isDuplicate: true };
    const sequence = snapshot.lastSequence + statuses.length + 1;
    known.set(command.eventId, sequence);
    const isLate = rule.firstFinalOnly && finalSequence !== null && command.event === 'delivery_status';
    if (command.event !== 'complaint' && !isLate) {
      sentAt = command.sentAt ?? sentAt;
      completedAt = command.completedAt;
      lastStatus = command.status;
    }
    statuses.push({
      ...command,
      sentAt,
      sequence,
      callbackId: snapshot.callbacks[command.event]?.id ?? null,
      ...plannedState(snapshot, command, finalSequence, rule),
    });
    if (isFinal(command, rule)) finalSequence ??= sequence;
    return { sequence, isDuplicate: false };
  });

  const last = statuses.at(-1);
  if (!last) return { answers, plan: null };
  return {
    answers,
    plan: {
      notificationId: snapshot.notificationId,
      fromSequence: snapshot.lastSequence,
      toSequence: last.sequence,
      finalSequence,
      status: lastStatus,
      completedAt,
      sentAt,
      statuses,
      destinations: [],
    },
  };
}

function plannedState(
  snapshot: AcceptanceSnapshot,
  command: StatusCommand,
  finalSequence: number | null,
  rule: CallbackRule,
): Pick<PlannedStatus, 'state' | 'stateReason'> {
  const reason = skipReason(snapshot, command, finalSequence, rule);
  if (reason !== null) return { state: 'skipped', stateReason: reason };
  return snapshot.callbacks[command.event]?.isDisabled
    ? { state: 'held', stateReason: heldReason }
    : { state: 'pending', stateReason: null };
}

function isFinal({ event, status }: StatusCommand, rule: CallbackRule): boolean {
  return event === 'delivery_status' && rule.finalStatuses.has(status);
}

function skipReason(
  snapshot: AcceptanceSnapshot,
  command: StatusCommand,
  finalSequence: number | null,
  rule: CallbackRule,
): string | null {
  const { event, status } = command;
  const callback = snapshot.callbacks[event];
  if (!callback)
    return `The ${event === 'communication_complete' ? 'communication' : 'service'} has no callback for ${event}.`;
  // Filters speak of what was sent.
  if (event === 'inbound_sms') return null;
  const { statuses, notification_types: types, template_ids: templates } = callback.filter;
  if (types && !types.some((type) => type === snapshot.notificationType))
    return `The callback's filter leaves out notifications of type ${snapshot.notificationType}.`;
  if (templates && !(snapshot.templateId && templates.includes(snapshot.templateId)))
    return "The callback's filter leaves out this template.";
  if (event !== 'delivery_status') return null;
  if (statuses) return statuses.includes(status) ? null : `The callback's filter leaves out ${status}.`;
  if (!rule.notificationTypes.has(snapshot.notificationType))
    return `${snapshot.profile} sends no callback for notifications of type ${snapshot.notificationType}.`;
  if (rule.statuses !== 'every' && !rule.statuses.has(status))
    return `${snapshot.profile} sends no callback for ${status}.`;
  if (rule.firstFinalOnly && finalSequence !== null && isFinal(command, rule))
    return `${snapshot.profile} sends the first final status only, which was number ${finalSequence}.`;
  return null;
}
