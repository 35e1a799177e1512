// What the core needs from the world. Interfaces only: adapters live in the rooms named after their technology.
import type { AcceptancePlan, AcceptanceSnapshot } from './domain/acceptance.ts';
import type { AttemptOutcome, Exchange } from './domain/attempt.ts';
import type { StoredState } from './domain/callback-state.ts';
import type { Callback, CallbackEvent } from './domain/callback.schema.ts';
import type { CallbackSettings } from './domain/callback-settings.ts';
import type { CallbackAuth, ClientCertificate } from './domain/credential.schema.ts';
import type { DeliveryStatusFacts } from './domain/delivery-status-facts.ts';
import type { Attempt } from './domain/history.schema.ts';
import type { Instant } from './domain/instant.ts';
import type { ListNotifications, Notification } from './domain/notification.schema.ts';
import type { Page, PageQuery } from './domain/page.schema.ts';
import type { RetryPolicy } from './domain/retry-policy.ts';
import type { SealedCredentials } from './domain/sealed-credentials.ts';
import type { Service, UpdateService } from './domain/service.schema.ts';

export interface ServiceStore {
  create(service: Service): Promise<void>;
  find(id: string): Promise<Service | null>;
  list(page: PageQuery): Promise<Page<Service>>;
  /** Null when there is no such service. */
  update(id: string, change: UpdateService): Promise<Service | null>;
}

export type StoredApiKey = {
  id: string;
  serviceId: string;
  name: string;
  keyType: string;
  sealedSecret: Uint8Array;
};

export interface ApiKeyStore {
  create(key: StoredApiKey): Promise<void>;
  /** False when the service has no such active key. */
  revoke(serviceId: string, keyId: string): Promise<boolean>;
  /** The active keys of a service with its profile; null when there is no such service. */
  activeKeys(serviceId: string): Promise<{ profile: string; keys: StoredApiKey[] } | null>;
}

type RotationResult =
  { kind: 'rotated'; previousSignsUntil: Instant } | { kind: 'absent' | 'signingIsOff' | 'tooOften' };

export interface CallbackStore {
  /**
   * Creates or replaces the callback of a service and event; `newId` is used when there is none yet. `tookSecret` says
   * that the signing secret of `settings` is the one that signs.
   */
  put(
    newId: string,
    serviceId: string,
    event: CallbackEvent,
    settings: CallbackSettings,
  ): Promise<{ callback: Callback; wasCreated: boolean; tookSecret: boolean }>;
  find(serviceId: string, event: CallbackEvent): Promise<Callback | null>;
  /** The sealed credential with the version that has it; null when there is none. */
  sealedAuth(
    serviceId: string,
    event: CallbackEvent,
  ): Promise<{ version: number; sealed: Uint8Array } | null>;
  remove(serviceId: string, event: CallbackEvent): Promise<boolean>;
  /** Makes `sealed` the secret that signs first; the one before it goes on signing for a day. */
  rotateSigningSecret(serviceId: string, event: CallbackEvent, sealed: Uint8Array): Promise<RotationResult>;
}

/** A notification and the digest of the request that registered it, by which a repeat is recognised. */
export type NewNotification = { notification: Notification; requestDigest: Uint8Array };

export interface NotificationStore {
  /** Stores it, or answers with the one that has its id already. */
  register(notification: NewNotification): Promise<{ stored: NewNotification; wasCreated: boolean }>;
  find(id: string): Promise<Notification | null>;
  list(query: ListNotifications): Promise<Page<Notification>>;
}

type StatusKey = { notificationId: string; eventId: string };

/** One accepted status in the history, with its attempts. */
export type HistoryRow = {
  eventId: string;
  event: CallbackEvent;
  sequence: number;
  status: string;
  state: StoredState;
  stateReason: string | null;
  queued: boolean;
  url: string | null;
  acceptedAt: Instant;
  nextAttemptAt: Instant | null;
  attempts: Attempt[];
};

export interface StatusStore {
  /** One snapshot for every notification among `keys` that exists. */
  loadForAcceptance(keys: readonly StatusKey[]): Promise<AcceptanceSnapshot[]>;
  /**
   * Commits the plans in one transaction and returns the notifications whose plan was taken; a plan whose
   * notification has moved on since its snapshot is left out whole and must be made again.
   * `owner` is the dispatcher that will start or signal the workflows, null to leave the entries to any.
   */
  commit(plans: readonly AcceptancePlan[], owner: string | null): Promise<ReadonlySet<string>>;
  history(notificationId: string): Promise<HistoryRow[]>;
}

/** A place in the dispatch queue: one accepted status whose workflow has not been told yet. */
export type DispatchEntry = {
  notificationId: string;
  sequence: number;
  status: string;
  eventId: string;
  serviceId: string;
  profile: string;
  callbackId: string;
};

export interface DispatchQueue {
  /** Says that `owner` is alive for the next `leaseSeconds`; entries of owners that are not are anyone's. */
  beat(owner: string, leaseSeconds: number): Promise<void>;
  /** Takes over up to `limit` entries that are due and belong to nobody alive. */
  claim(owner: string, limit: number): Promise<DispatchEntry[]>;
  /** Entries that `owner` has had for longer: those it does not remember were committed while the answer was lost. */
  owned(owner: string, olderThanSeconds: number): Promise<DispatchEntry[]>;
  /** Forgets entries whose workflow has been told. */
  finish(entries: readonly DispatchEntry[]): Promise<void>;
  /** Ends the ownership of everything that `owner` still has. */
  resign(owner: string): Promise<void>;
  depth(): Promise<number>;
}

/** Hears at once that another process has left entries for anyone; without it they are found at the next sweep. */
export interface DispatchSignal {
  listen(onOffer: () => void): void;
  stop(): Promise<void>;
}

/** The two lines a dispatcher has to say; pino's shape. */
export interface DispatchLog {
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
}

export interface Workflows {
  /**
   * Starts the notification's workflow, or signals the running one. `entries` are one notification's, in sequence.
   * Throws UNAVAILABLE while no workflow can be told, anything else when this one cannot.
   */
  tell(entries: readonly DispatchEntry[]): Promise<'started' | 'signalled'>;
}

/** Everything one attempt needs, read at the attempt: the status, its notification and the callback as it is now. */
export type DeliveryJob = {
  notificationId: string;
  sequence: number;
  eventId: string;
  state: StoredState;
  /** The lowest earlier status of this notification that is not settled; null when it is this one's turn. */
  earlierOpen: { sequence: number; status: string; eventId: string } | null;
  attemptsMade: number;
  attemptsRecorded: number;
  acceptedAt: Instant;
  serviceId: string;
  profile: string;
  /** Null when the callback was removed after the status was accepted. */
  callback:
    | (SealedCredentials & {
        id: string;
        url: string;
        authType: CallbackAuth['type'];
        sealedAuth: Uint8Array | null;
        policy: RetryPolicy;
      })
    | null;
  facts: DeliveryStatusFacts;
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
};

export interface DeliveryStore {
  load(notificationId: string, sequence: number): Promise<DeliveryJob | null>;
  /** Writes the attempt and what it leaves behind in one statement. */
  record(attempt: AttemptRecord): Promise<void>;
  /** Settles a status without an attempt, unless it is settled already. */
  settle(notificationId: string, sequence: number, state: StoredState, reason: string): Promise<void>;
}

export type CallbackRequest = {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
  /** Shown to the receiver in the TLS handshake; PEM. */
  clientCertificate?: ClientCertificate;
};

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

/** The sealed secrets of one row, each with the context it is bound to; `place` names the row in messages. */
export type SealedRow = {
  place: string;
  secrets: { context: string; sealed: Uint8Array }[];
  /** Puts others in their places; false when the row has changed since it was read. */
  replace(sealed: readonly Uint8Array[]): Promise<boolean>;
};

/** Every row that holds a sealed secret. */
export interface SealedRows {
  count(): Promise<number>;
  /** Up to `limit` rows after `cursor` (null: from the start); `nextCursor` is null after the last. */
  page(cursor: string | null, limit: number): Promise<{ rows: SealedRow[]; nextCursor: string | null }>;
}

export interface UrlPolicy {
  /** Why callbacks to this URL are refused for certain, as the end of a sentence; null when nothing is known against it. */
  objection(url: string): string | null;
}

/** Secrets at rest; `context` names what is sealed and must be given again to open it. */
export interface SecretBox {
  seal(plaintext: string, context: string): Uint8Array;
  open(sealed: Uint8Array, context: string): string;
  /** Whether it is sealed under the newest key. */
  isNewest(sealed: Uint8Array): boolean;
}

export interface DeliveryMetrics {
  accepted(profile: string, isDuplicate: boolean): void;
  dispatched(count: number): void;
  attempted(outcome: AttemptOutcome, durationMs: number): void;
  /** Seconds from acceptance to the start of the first attempt. */
  firstAttemptAfter(seconds: number): void;
}
