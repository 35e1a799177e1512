// Who sends, who is told, and what was accepted.
import type { AcceptancePlan, AcceptanceSnapshot } from '../domain/acceptance/acceptance.ts';
import type { CallbackSettings } from '../domain/callbacks/callback-settings.ts';
import type { StoredState } from '../domain/callbacks/callback-state.ts';
import type { Callback, CallbackEvent } from '../domain/callbacks/callback.schema.ts';
import type { Attempt } from '../domain/notifications/history.schema.ts';
import type { EventName } from '../domain/event.ts';
import type { Instant } from '../domain/instant.ts';
import type { KeyType } from '../domain/access/key-type.ts';
import type { ListNotifications, Notification } from '../domain/notifications/notification.schema.ts';
import type { Page, PageQuery } from '../domain/page.schema.ts';
import type { RetryPolicy } from '../domain/delivery/retry-policy.ts';
import type { Service, UpdateService } from '../domain/access/service.schema.ts';

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
  keyType: KeyType;
  sealedSecret: Uint8Array;
};

export interface ApiKeyStore {
  create(key: StoredApiKey): Promise<void>;
  /** False when the service has no such active key. */
  revoke(serviceId: string, keyId: string): Promise<boolean>;
  /** The active keys of a service with its profile; null when there is no such service. */
  activeKeys(
    serviceId: string,
  ): Promise<{ profile: string; rateLimitPerSecond: number | null; keys: StoredApiKey[] } | null>;
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

/**
 * A notification and the digest of the request that registered it, by which a repeat is recognised. `own` is given with one
 * that brings a URL: the token for it, and the policy where the service has no callback to take it from.
 */
export type NewNotification = {
  notification: Notification;
  requestDigest: Uint8Array;
  own?: { sealedToken: Uint8Array; policy: RetryPolicy } | null;
  /** Whether its profile gives it a status when nothing final is heard of it for 72 hours. */
  timesOut?: boolean;
};

/** Of one service, what was made with these types of its keys. */
export type OwnedScope = { serviceId: string; keyTypes: readonly KeyType[] };

export type NotificationChoice = {
  statuses?: readonly string[];
  types?: readonly string[];
  keyTypes?: readonly KeyType[];
};

export interface NotificationStore {
  /** Stores it, or answers with the one that has its id already. */
  register(notification: NewNotification): Promise<{ stored: NewNotification; wasCreated: boolean }>;
  find(id: string): Promise<Notification | null>;
  /**
   * The seconds until a notification of which nothing final was heard has been stored for so many hours, 0 from then on;
   * null when there is none, or something final was heard of it.
   */
  secondsUntilOverdue(id: string, hours: number): Promise<number | null>;
  /** The letters that these references name, within a scope or of all, each with the reference that names it; `most` at most. */
  findLetters(
    references: readonly string[],
    scope: OwnedScope | null,
    most: number,
  ): Promise<{ id: string; serviceId: string; reference: string }[]>;
  /** Of several `statuses`, `types` or `keyTypes`, those that have one of them. */
  list(query: ListNotifications & NotificationChoice): Promise<Page<Notification>>;
}

type StatusKey = { notificationId: string; eventId: string };

/** One accepted status in the history, with its attempts. */
export type HistoryRow = {
  eventId: string;
  event: EventName;
  sequence: number;
  status: string;
  state: StoredState;
  stateReason: string | null;
  queued: boolean;
  url: string | null;
  acceptedAt: Instant;
  /** When it happened, as it was reported. */
  occurredAt: Instant;
  statusDescription: string | null;
  providerResponse: string | null;
  nextAttemptAt: Instant | null;
  /** The newest of them, in order. */
  attempts: Attempt[];
  /** Whether its notification has a later one. */
  hasNext?: boolean;
};

export interface StatusStore {
  /** One snapshot for every notification among `keys` that exists. */
  loadForAcceptance(keys: readonly StatusKey[]): Promise<AcceptanceSnapshot[]>;
  /**
   * Commits the plans in one transaction and returns the notifications whose plan was taken; a plan whose
   * notification has moved on since its snapshot is left out whole and must be made again.
   * `owner` is the dispatcher that will start or signal the workflows, null to leave the entries to any, as are those
   * of the callbacks in `leftToAny`.
   */
  commit(
    plans: readonly AcceptancePlan[],
    owner: string | null,
    leftToAny?: readonly string[],
  ): Promise<ReadonlySet<string>>;
  /** Up to `limit` statuses behind the sequence `after`, in sequence, fewer where they are large; without a page the first. */
  history(notificationId: string, page?: { limit: number; after: number }): Promise<HistoryRow[]>;
  /** The attempts of one status that have a number below `before`, the newest first; the cursor is the last's number. */
  attempts(status: StatusKey, page: { limit: number; before: number | null }): Promise<Page<Attempt>>;
}
