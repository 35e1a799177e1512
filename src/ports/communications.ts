// A communication that is stopped, told about and started again.
import type { CallbackVersion } from '../domain/callbacks/callback-version.schema.ts';
import type { CallbackEvent } from '../domain/callbacks/callback.schema.ts';
import type { CommunicationMailFacts } from '../domain/callbacks/communication-mail.ts';
import type { Instant } from '../domain/instant.ts';
import type { Drain } from '../domain/callbacks/drain.schema.ts';
import type { Page, PageQuery } from '../domain/page.schema.ts';
import type { SetAsideRequest } from '../domain/access/workflow-request.schema.ts';

/** A service's callback for one event, or a communication of Dispatch, which is its own owner. */
export type CommunicationKind = CallbackEvent | 'communication';

export interface CommunicationStore {
  /** Disables it, if it exists and is enabled. */
  disable(ownerId: string, event: CommunicationKind, reason: string): Promise<void>;
  /**
   * Enables it and begins to release what is held, under `newId` or, where that goes on already, the id it has. Null
   * without such a callback.
   */
  enable(
    ownerId: string,
    event: CommunicationKind,
    drain: { newId: string; ratePerSecond: number | null },
  ): Promise<{ drainId: string; held: number } | null>;
  /** What was changed, the newest first; nothing of a callback that was removed. */
  versions(serviceId: string, event: CallbackEvent, page: PageQuery): Promise<Page<CallbackVersion>>;
}

export interface DrainStore {
  find(id: string): Promise<{ drain: Drain; serviceId: string } | null>;
  /** Ends a running drain; what it has not released stays held. */
  cancel(id: string): Promise<void>;
  /**
   * Releases up to `limit` statuses, the longest held first, and no more than its rate allows by now; says how the drain
   * then stands.
   */
  release(id: string, limit: number): Promise<Drain | null>;
}

/** A mail that was decided on, with what it is to say. */
export type OpenMail = { id: string; address: string; facts: CommunicationMailFacts };

export interface MailStore {
  /** The ids of the mails of one incident that no server has taken yet. */
  unsent(communicationId: string, kind: CommunicationMailFacts['kind'], incident: number): Promise<string[]>;
  /** Null when there is none, or it was sent already. */
  load(id: string): Promise<OpenMail | null>;
  /** True when `by` alone may send it for so many seconds: it is not sent yet, and nobody else is at it. */
  claim(id: string, by: string, seconds: number): Promise<boolean>;
  sent(id: string): Promise<void>;
}

/** A workflow that a transaction asked for, to be started after its commit. */
export type WorkflowRequest = {
  workflowId: string;
  workflowType: string;
  /** The workflow's one argument: ids and numbers only. */
  argument: Record<string, string | number>;
  /** Null, as the profile, for a workflow that the operator asked for of all services. */
  serviceId: string | null;
  profile: string | null;
  /** Null for a workflow that is no communication's. */
  communicationId: string | null;
  /** Until when it waits after its start; null for not at all. */
  delayUntil: Instant | null;
  /** With this it is told that something has changed, should it be running; null for a workflow that runs once. */
  signal: string | null;
  /** By which the request is told from one of the same workflow that was made since. */
  notBefore: Instant;
  /** Since when it was due. */
  dueSince: Instant;
  /** How often it was refused. */
  tries: number;
};

type RequestKey = Pick<WorkflowRequest, 'workflowId' | 'notBefore'>;

export interface WorkflowRequests {
  /** Up to `limit` requests that are due, the longest due first; nobody else gets them for `leaseSeconds`. */
  claim(limit: number, leaseSeconds: number): Promise<WorkflowRequest[]>;
  /** Forgets a request whose workflow has been started, unless it was asked for again. */
  done(request: RequestKey): Promise<void>;
  /** Gives back requests that were not tried, at their places. */
  release(requests: readonly (RequestKey & Pick<WorkflowRequest, 'dueSince'>)[]): Promise<void>;
  /** Gives back requests that could not be started, for no fault of theirs. */
  postpone(requests: readonly RequestKey[], seconds: number): Promise<void>;
  /** Counts a try that was refused: it is due again `afterSeconds` from now, or never, when that is null. */
  refuse(request: RequestKey, error: string, afterSeconds: number | null): Promise<void>;
}

/** Requests that were refused so often that only an operator has them tried again. */
export interface SetAsideRequests {
  list(page: PageQuery): Promise<Page<SetAsideRequest>>;
  /** Has it tried again, as often as a new one; null when there is none of this id. */
  retry(id: string): Promise<SetAsideRequest | null>;
  count(): Promise<number>;
}

export interface WorkflowStarter {
  /** Starts it, unless it was started before, or signals it. Throws UNAVAILABLE while Temporal is away. */
  start(request: WorkflowRequest): Promise<void>;
}
