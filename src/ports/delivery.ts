// One attempt: what it reads, what it sends, what it leaves behind.
import type { AttemptOutcome, Exchange } from '../domain/attempt.ts';
import type { StoredState } from '../domain/callback-state.ts';
import type { CallbackEvent } from '../domain/callback.schema.ts';
import type { CallbackAuth, ClientCertificate } from '../domain/credential.schema.ts';
import type { Attributes } from '../domain/batch.schema.ts';
import type { Complaint } from '../domain/complaint.ts';
import type { DeliveryStatusFacts } from '../domain/delivery-status-facts.ts';
import type { EventName } from '../domain/event.ts';
import type { InboundMessage } from '../domain/inbound.ts';
import type { Instant } from '../domain/instant.ts';
import type { LetterDetails } from '../domain/letter.ts';
import type { RetryPolicy } from '../domain/retry-policy.ts';
import type { SealedCredentials } from '../domain/sealed-credentials.ts';

/** A callback as an attempt needs it, with its credentials sealed. */
export type StoredCallback = SealedCredentials & {
  id: string;
  /** What has limits and a speed of its own: the callback, or one origin among the own URLs that share its row. */
  receiverId: string;
  url: string;
  authType: CallbackAuth['type'];
  sealedAuth: Uint8Array | null;
  /** `sealedAuth` is the notification's, for its own URL. */
  hasOwnToken?: true;
  policy: RetryPolicy;
  isDisabled: boolean;
  /** Null for no warnings. */
  warnAfterAttempts: number | null;
  maxInFlight: number;
  ratePerSecond: number | null;
};

/** How a communication of Dispatch is told of an event, and what the event's URL can say beside the job. */
export type CommunicationTarget = {
  method: 'GET' | 'POST';
  communicationId: string;
  batchId: string;
  attributes: Attributes;
  /** The campaign's variables for the communication's mode. */
  environment: Readonly<Record<string, string>>;
  /** Other names for what the event says, by ours. */
  names: Readonly<Record<string, string>>;
  /** The address that is meant; null for the message as a whole. */
  destination: string | null;
  /** What a delivery problem is, in words. */
  problem: string | null;
};

/** Everything one attempt needs, read at the attempt: the status, its notification and the callback as it is now. */
export type DeliveryJob = {
  notificationId: string;
  sequence: number;
  eventId: string;
  event: EventName;
  state: StoredState;
  /**
   * The lowest earlier status of this notification that goes first: one that is not settled or, when its communication
   * is enabled, one that is still held. Null when it is this one's turn.
   */
  earlierOpen: { sequence: number; status: string; eventId: string; isHeld: boolean } | null;
  /** Attempts that count: not those that are ours (`isOurs`), nor those before it was released. */
  attemptsMade: number;
  attemptsRecorded: number;
  /** How many attempts in a row, the last among them, our own way out has kept from taking place. */
  ownFailures: number;
  /** Until its next attempt is due; 0 when it is, or when there was none yet. */
  dueInSeconds: number;
  acceptedAt: Instant;
  serviceId: string;
  profile: string;
  /** Null when the callback was removed after the status was accepted. */
  callback: StoredCallback | null;
  facts: DeliveryStatusFacts;
  /** Null unless the event is a complaint. */
  complaint: Complaint | null;
  /** Null unless the event is a message that came in. */
  inbound: InboundMessage | null;
  /** Null unless it is an event of a Dispatch communication. */
  target: CommunicationTarget | null;
  letter: LetterDetails;
  /** Of no notification: sent because an operator asked, and marked as such. */
  isTest?: boolean;
};

export type AttemptRecord = {
  notificationId: string;
  sequence: number;
  url: string;
  outcome: AttemptOutcome;
  error: string | null;
  exchange: Exchange;
  /** The state the attempt leaves the status in; a settled status keeps its own. */
  state: StoredState;
  nextAttemptInSeconds: number | null;
  consequence: Consequence | null;
};

/** What a failure means for its communication beyond the one status, and why, in words. */
export type Consequence = { kind: 'disable' | 'warn'; callbackId: string; reason: string };

export interface StoredCallbacks {
  /** The callback of a service and event, disabled or not, with the service's profile. */
  find(
    serviceId: string,
    event: CallbackEvent,
  ): Promise<{ profile: string; callback: StoredCallback } | null>;
}

export interface DeliveryStore {
  /** Null when there is no such status. */
  load(notificationId: string, sequence: number): Promise<DeliveryJob | null>;
  /**
   * Writes the attempt and what it leaves behind in one transaction, which others of the same moment may share; it fails
   * for none of them. A communication is disabled, or warned about, at most once for all that ask for it together; what
   * is to be mailed is stored along with it.
   */
  record(attempt: AttemptRecord): Promise<void>;
  /** Marks a status whose tries are used up as failed, unless it is settled already. */
  fail(notificationId: string, sequence: number, consequence: Consequence): Promise<void>;
  /**
   * Ends a status, unless it is settled already, without any consequence for its communication: skipped when nobody waits
   * for it any more, failed when it cannot be told.
   */
  end(
    notificationId: string,
    sequence: number,
    end: { state: 'skipped' | 'failed'; reason: string },
  ): Promise<void>;
  /** Holds an open status; false when its communication is not disabled, or it is not open. */
  hold(notificationId: string, sequence: number): Promise<boolean>;
  /** Makes what is held of a notification before `sequence` open again, if its communication is enabled. */
  releaseEarlier(notificationId: string, sequence: number): Promise<void>;
}

export type CallbackRequest = {
  /** Whose connections are used, the callback's id: nobody else's are. */
  owner?: string;
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  /** Null for none. */
  body: string | null;
  timeoutMs: number;
  /** Shown to the receiver in the TLS handshake; PEM. */
  clientCertificate?: ClientCertificate;
};

export interface Redeliveries {
  /**
   * Opens a status again that was delivered or has failed, while there is a callback for it, and queues it. Says in which
   * state it was; null when there is no such status.
   */
  redeliver(
    notificationId: string,
    eventId: string,
  ): Promise<{ sequence: number; was: StoredState; hasCallback: boolean } | null>;
}

/** Makes one exchange that belongs to no notification's order and leaves nothing behind. */
export type SendTest = (job: DeliveryJob, callback: StoredCallback) => Promise<Exchange>;

export interface CallbackSender {
  /** Makes exactly one HTTP exchange. A failure is a value; it throws only for a fault of ours. */
  send(request: CallbackRequest, signal: AbortSignal): Promise<Exchange>;
}

export type OAuth2Credential = Extract<CallbackAuth, { type: 'oauth2_client_credentials' }>;

/** `isNew` says that it was fetched for this request: asking again would give no better one. */
export type AccessTokenAnswer =
  | { kind: 'token'; token: string; isNew: boolean }
  | { kind: 'failed'; failure: NonNullable<Exchange['failure']> };

export interface AccessTokens {
  /**
   * The access token of a callback's version, fetched when there is none that is still good; `rejected` is one that the
   * receiver refused. A failure of the token endpoint is a value.
   */
  obtain(
    owner: { callbackId: string; version: number },
    credential: OAuth2Credential,
    limits: { signal: AbortSignal; timeoutMs: number; rejected?: string },
  ): Promise<AccessTokenAnswer>;
}

/** What the gate has to know of a callback. */
export type GatedCallback = { receiverId: string; maxInFlight: number; ratePerSecond: number | null };

/** The attempts of this process, bounded for each receiver. */
export interface AttemptGate {
  /** Begins an attempt at once and gives what ends it; null when the receiver has no room, or others stand in line. */
  enter(callback: GatedCallback): (() => void) | null;
  /** The same in turn; null when the line is full, the wait too long, or `signal` aborts. */
  wait(callback: GatedCallback, signal: AbortSignal): Promise<(() => void) | null>;
  /** How many attempts are under way or in line. */
  load(receiverId: string): number;
  /** How many of the callback's `maxInFlight` are this process's. */
  share(callback: Pick<GatedCallback, 'maxInFlight'>): number;
  /** It has kept us waiting or was not there: for a while it counts as slow. */
  noteSlow(receiverId: string): void;
  isSlow(receiverId: string): boolean;
}

export interface DeliveryMetrics {
  accepted(profile: string, isDuplicate: boolean): void;
  dispatched(count: number): void;
  attempted(outcome: AttemptOutcome, durationMs: number): void;
  /** Seconds from acceptance to the start of the first attempt. */
  firstAttemptAfter(seconds: number): void;
}
