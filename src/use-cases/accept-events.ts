import {
  planAcceptance,
  type Acceptance,
  type AcceptancePlan,
  type AcceptanceSnapshot,
  type CallbackRule,
  type StatusCommand,
} from '../domain/acceptance.ts';
import { v7 as uuidv7 } from 'uuid';
import { AppError, invalidField, invalidFields, notFound } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import { memberObjection, planMember } from '../domain/member-acceptance.ts';
import { createSharedCommit, retryAlone } from '../domain/shared-commit.ts';
import type { AcceptedStatus } from '../domain/status.schema.ts';
import type { DeliveryMetrics, DispatchEntry, StatusStore } from '../ports/index.ts';
import { batchRule, findProfile, isDispatch, profileNamed } from '../profiles/index.ts';
import { maySee, type Caller } from './caller.ts';

/** The dispatcher of this process, as acceptance sees it. */
export interface Handover {
  /** The owner to commit entries under, or null when it has no room for them and any process may take them. */
  owner(): string | null;
  /** Whether one receiver's entries are left to any process, because so many of them wait here. */
  isFull(receiverId: string): boolean;
  /** Hears how many callers wait for their acceptance at this moment. */
  waiting(callers: number): void;
  take(entries: readonly DispatchEntry[]): void;
}

/** Of a process that only accepts: any process takes the entries. */
export const noHandover: Handover = {
  owner: () => null,
  isFull: () => false,
  waiting: () => undefined,
  take: () => undefined,
};

export type AcceptancePorts = {
  statuses: StatusStore;
  handover: Handover;
  metrics: DeliveryMetrics;
  now: () => Date;
};

type GroupPorts = Omit<AcceptancePorts, 'now'>;
type Request = { caller: Caller; command: StatusCommand };
type Outcome = Acceptance | Error;

// A group larger than this makes its last caller wait longer for no saving that can be measured.
const maxGroup = 200;
const maxGroupsInFlight = 2;
// Only rival processes accepting for the same notification in the same millisecond make a plan stale.
const maxRaces = 20;

/**
 * Accepts whatever is told of notifications: when the promise resolves it is durable, has its sequence, and its place in
 * the dispatch queue. Throws NOT_FOUND for a notification the caller may not see and INVALID_INPUT for what its profile
 * or its kind does not know.
 */
export function createAcceptEvents(
  ports: AcceptancePorts,
): (caller: Caller, command: StatusCommand) => Promise<AcceptedStatus> {
  const accept = createSharedCommit<Request, Outcome>({
    together: (requests) => acceptTogether(ports, requests),
    alone: (request) => acceptAlone(ports, request),
    keyOf: ({ command }) => command.notificationId,
    maxItems: maxGroup,
    maxInFlight: maxGroupsInFlight,
  });

  let waiting = 0;
  const count = (change: 1 | -1): void => ports.handover.waiting((waiting += change));
  return async (caller, command) => {
    count(1);
    const outcome = await accept({ caller, command }).finally(() => count(-1));
    if (outcome instanceof Error) throw outcome;
    return {
      notification_id: command.notificationId,
      sequence: outcome.sequence,
      duplicate: outcome.isDuplicate,
    };
  };
}

async function acceptTogether(
  ports: GroupPorts,
  requests: readonly Request[],
): Promise<(Outcome | typeof retryAlone)[]> {
  const outcomes = new Map<Request, Outcome>();
  const failed = await settleAll(ports, requests, outcomes).catch(asError);
  // What an earlier round committed is answered as committed, whatever became of a later one.
  return requests.map((request) => outcomes.get(request) ?? (isSameForAll(failed) ? failed : retryAlone));
}

async function acceptAlone(ports: GroupPorts, request: Request): Promise<Outcome> {
  const outcomes = new Map<Request, Outcome>();
  const failed = await settleAll(ports, [request], outcomes).catch(asError);
  return outcomes.get(request) ?? failed;
}

/** All else may be due to one of the group. To accept twice does nothing twice: the event id is known. */
function isSameForAll(cause: Error): boolean {
  return cause instanceof AppError && cause.code === 'UNAVAILABLE';
}

/** Returns what to tell the requests that got no outcome of their own. */
async function settleAll(
  ports: GroupPorts,
  requests: readonly Request[],
  outcomes: Map<Request, Outcome>,
): Promise<Error> {
  let open = requests;
  for (let race = 0; open.length > 0; race += 1) {
    if (race === maxRaces)
      return new AppError('UNAVAILABLE', 'Too many rivals accept for this notification; try again.');
    open = await acceptOpen(ports, open, outcomes);
  }
  return new AppError('INTERNAL', 'A status was left unanswered.');
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new AppError('INTERNAL', 'The status was not accepted.', { cause });
}

/** One round: settles what it can into `outcomes` and returns the requests whose plan had become stale. */
async function acceptOpen(
  ports: GroupPorts,
  requests: readonly Request[],
  outcomes: Map<Request, Outcome>,
): Promise<Request[]> {
  const snapshots = new Map(
    (await ports.statuses.loadForAcceptance(requests.map(({ command }) => command))).map((snapshot) => [
      snapshot.notificationId,
      snapshot,
    ]),
  );
  const planned: Planned[] = [];
  for (const [notificationId, group] of groupBy(requests, ({ command }) => command.notificationId)) {
    const snapshot = snapshots.get(notificationId);
    const welcome = group.filter((request) => {
      const refusal = refuse(request, snapshot);
      if (refusal) outcomes.set(request, refusal);
      return !refusal;
    });
    if (!snapshot || welcome.length === 0) continue;
    const commands = welcome.map(({ command }) => command);
    const { destinations } = snapshot;
    const { answers, plan } = destinations
      ? planMember({ ...snapshot, destinations }, commands, uuidv7)
      : planAcceptance(snapshot, commands, ruleOf(snapshot.profile));
    planned.push({ snapshot, requests: welcome, answers, plan });
  }
  return commitPlanned(ports, planned, outcomes);
}

type Planned = {
  snapshot: AcceptanceSnapshot;
  requests: Request[];
  answers: Acceptance[];
  plan: AcceptancePlan | null;
};

async function commitPlanned(
  ports: GroupPorts,
  planned: readonly Planned[],
  outcomes: Map<Request, Outcome>,
): Promise<Request[]> {
  const plans = planned.flatMap(({ plan }) => plan ?? []);
  const owner = ports.handover.owner();
  const full = [
    ...new Set(
      planned.flatMap(({ snapshot }) =>
        Object.values(snapshot.callbacks).map(({ id, receiverId = id }) => receiverId),
      ),
    ),
  ].filter((receiverId) => ports.handover.isFull(receiverId));
  const committed = plans.length > 0 ? await ports.statuses.commit(plans, owner, full) : new Set<string>();

  const stale: Request[] = [];
  const entries: DispatchEntry[] = [];
  for (const { snapshot, requests, answers, plan } of planned) {
    if (plan && !committed.has(plan.notificationId)) {
      stale.push(...requests);
      continue;
    }
    requests.forEach((request, place) => {
      const answer = answers[place];
      if (!answer) return;
      outcomes.set(request, answer);
      ports.metrics.accepted(snapshot.profile, answer.isDuplicate);
    });
    if (plan) entries.push(...dispatchEntries(snapshot, plan));
  }
  if (owner !== null) ports.handover.take(entries.filter(({ receiverId }) => !full.includes(receiverId)));
  return stale;
}

function dispatchEntries(snapshot: AcceptanceSnapshot, plan: AcceptancePlan): DispatchEntry[] {
  return plan.statuses.flatMap(({ notificationId, sequence, event, status, eventId, callbackId, state }) =>
    callbackId === null || state !== 'pending'
      ? []
      : [
          {
            notificationId,
            sequence,
            status,
            eventId,
            event,
            serviceId: snapshot.serviceId,
            profile: snapshot.profile,
            callbackId,
            receiverId: snapshot.callbacks[event]?.receiverId ?? callbackId,
            maxInFlight: snapshot.callbacks[event]?.maxInFlight ?? 1,
            round: 0,
          },
        ],
  );
}

function refuse({ caller, command }: Request, snapshot: AcceptanceSnapshot | undefined): AppError | null {
  if (!snapshot || !maySee(caller, snapshot)) return notFound('notification');
  if (isDispatch(snapshot.profile)) return refuseOfDispatch(command, snapshot);
  if (command.event === 'message_delivery_problem')
    return new AppError('CONFLICT', 'Problems are told of the members of a Dispatch batch only.');
  if (command.destination) return invalidField('destination', 'is for the members of a Dispatch batch only');
  const profile = findProfile(snapshot.profile);
  // Not thrown: the others of the group have nothing to do with it.
  if (!profile)
    return new AppError('INTERNAL', `The stored profile ${snapshot.profile} is unknown to this version.`);
  // What stands for all that a number sends is no notification that anyone could tell of, and the other way about.
  if ((command.event === 'inbound_sms') !== (snapshot.notificationType === 'inbound_sms'))
    return notFound('notification');
  if (command.event === 'complaint')
    return snapshot.notificationType === 'email'
      ? null
      : new AppError('INVALID_INPUT', 'Only e-mails can be complained of.');
  if (command.event !== 'delivery_status' || profile.statuses.includes(command.status)) return null;
  return invalidField('status', `${profile.name} knows: ${profile.statuses.join(', ')}`);
}

function ruleOf(profileName: string): CallbackRule {
  return isDispatch(profileName) ? batchRule : profileNamed(profileName).callbackRule;
}

/** The events of its members, and that a batch is complete, which is said of the batch. */
function refuseOfDispatch(command: StatusCommand, { destinations }: AcceptanceSnapshot): AppError | null {
  if (!destinations) return command.event === 'communication_complete' ? null : notFound('notification');
  if (command.event === 'delivery_status')
    return invalidField('destination', 'is required: the `to` of one of its destinations');
  if (command.event !== 'message_delivery_status_change' && command.event !== 'message_delivery_problem')
    return new AppError(
      'CONFLICT',
      `A member of a batch has statuses and problems; ${command.event} is not for it.`,
    );
  const objection = memberObjection(destinations, command);
  return objection && invalidFields([objection]);
}
