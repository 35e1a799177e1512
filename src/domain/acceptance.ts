// The decision made when statuses are accepted: which sequence each gets, and whether it becomes a callback. It is
// pure, so that the same snapshot and commands always give the same plan and a lost race is simply planned again.
import type { CallbackFilter } from './callback.schema.ts';
import type { Instant } from './instant.ts';

/** One status somebody reported, with everything defaulted. */
export type StatusCommand = {
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

/** A notification as it stood when the plan was made; a commit is refused when `lastSequence` has moved since. */
export type AcceptanceSnapshot = {
  notificationId: string;
  serviceId: string;
  profile: string;
  notificationType: string;
  templateId: string | null;
  lastSequence: number;
  finalSequence: number | null;
  sentAt: Instant | null;
  callback: { id: string; filter: CallbackFilter } | null;
  /** The sequences of those of the commands' event ids that were accepted before. */
  knownEvents: ReadonlyMap<string, number>;
};

/** Which of a profile's statuses become callbacks when the callback names none itself. */
export type CallbackRule = {
  statuses: ReadonlySet<string> | 'every';
  /** Only the first final status of a notification is sent; a later one is kept and marked. */
  firstFinalOnly: boolean;
  finalStatuses: ReadonlySet<string>;
};

type PlannedStatus = StatusCommand & {
  sequence: number;
  callbackId: string | null;
  /** Null when it becomes a callback, else why not, in words. */
  skipReason: string | null;
};

export type AcceptancePlan = {
  notificationId: string;
  fromSequence: number;
  toSequence: number;
  finalSequence: number | null;
  status: string;
  completedAt: Instant | null;
  sentAt: Instant | null;
  statuses: PlannedStatus[];
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

  const answers = commands.map((command): Acceptance => {
    const first = known.get(command.eventId);
    if (first !== undefined) return { sequence: first, isDuplicate: true };
    const sequence = snapshot.lastSequence + statuses.length + 1;
    known.set(command.eventId, sequence);
    sentAt = command.sentAt ?? sentAt;
    completedAt = command.completedAt;
    statuses.push({
      ...command,
      sentAt,
      sequence,
      callbackId: snapshot.callback?.id ?? null,
      skipReason: skipReason(snapshot, command.status, finalSequence, rule),
    });
    if (rule.finalStatuses.has(command.status)) finalSequence ??= sequence;
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
      status: last.status,
      completedAt,
      sentAt,
      statuses,
    },
  };
}

function skipReason(
  snapshot: AcceptanceSnapshot,
  status: string,
  finalSequence: number | null,
  rule: CallbackRule,
): string | null {
  if (!snapshot.callback) return 'The service has no callback for delivery_status.';
  const { statuses, notification_types: types, template_ids: templates } = snapshot.callback.filter;
  if (types && !types.some((type) => type === snapshot.notificationType))
    return `The callback's filter leaves out notifications of type ${snapshot.notificationType}.`;
  if (templates && !(snapshot.templateId && templates.includes(snapshot.templateId)))
    return "The callback's filter leaves out this template.";
  if (statuses) return statuses.includes(status) ? null : `The callback's filter leaves out ${status}.`;
  if (rule.statuses !== 'every' && !rule.statuses.has(status))
    return `${snapshot.profile} sends no callback for ${status}.`;
  if (rule.firstFinalOnly && finalSequence !== null && rule.finalStatuses.has(status))
    return `${snapshot.profile} sends the first final status only, which was number ${finalSequence}.`;
  return null;
}
