import type { CallbackSettings } from '../../../src/domain/callback-settings.ts';
import type { StoredVersion } from '../../../src/domain/callback-versions.ts';
import type { Drain } from '../../../src/domain/drain.schema.ts';
import type { Campaign } from '../../../src/domain/communication.schema.ts';
import { fromDate, type Instant } from '../../../src/domain/instant.ts';
import type { KeyType } from '../../../src/domain/key-type.ts';
import type { DestinationSnapshot } from '../../../src/domain/member-acceptance.ts';
import type {
  HistoryRow,
  NewCommunication,
  NewNotification,
  NumberedMember,
  StoredApiKey,
} from '../../../src/ports/index.ts';
import type { Callback } from '../../../src/domain/callback.schema.ts';
import type { Service } from '../../../src/domain/service.schema.ts';

export type MemoryCallback = {
  callback: Callback;
  auth: NonNullable<CallbackSettings['auth']> | null;
  clientCertificate: Exclude<CallbackSettings['clientCertificate'], 'none'>;
  /** The newest first, with when they were made. */
  signingSecrets: { sealed: Uint8Array; madeAtMs: number }[];
};
type MemoryNotification = NewNotification & {
  storedAtMs: number;
  lastSequence: number;
  finalSequence: number | null;
  /** Of Dispatch only. */
  communicationId?: string;
  destinations?: (DestinationSnapshot & { reference: string | null })[];
};

export type MemoryBatch = {
  communicationId: string;
  createdAt: Instant;
  members: Omit<NumberedMember, 'destinations'>[];
  started: number;
  closedAt: Instant | null;
  completedAt: Instant | null;
};

export type MemoryStatus = HistoryRow & { callbackId: string | null; details: unknown };

/** What the fake stores share, as the real ones share a database. */
export type Memory = {
  services: Map<string, Service>;
  apiKeys: Map<string, StoredApiKey>;
  callbacks: Map<string, MemoryCallback>;
  notifications: Map<string, MemoryNotification>;
  statuses: Map<string, MemoryStatus[]>;
  versions: Map<string, StoredVersion[]>;
  drains: Map<string, { drain: Drain; serviceId: string }>;
  /** By `<service id>/<key type>/<source number>`, what stands for all that the number sends. */
  conversations: Map<string, string>;
  campaigns: Map<string, Campaign>;
  communications: Map<string, NewCommunication>;
  batches: Map<string, MemoryBatch>;
};

export function createMemory(): Memory {
  return {
    services: new Map(),
    apiKeys: new Map(),
    callbacks: new Map(),
    notifications: new Map(),
    statuses: new Map(),
    versions: new Map(),
    drains: new Map(),
    conversations: new Map(),
    campaigns: new Map(),
    communications: new Map(),
    batches: new Map(),
  };
}

/** A row among the notifications that nobody registered: a member of a batch, a batch, or what a number sends. */
export function unregistered(
  id: string,
  serviceId: string,
  to: string,
  type: 'member' | 'batch' | 'inbound_sms',
  keyType: KeyType = 'live',
): MemoryNotification {
  return {
    notification: {
      ...{ id, service_id: serviceId, key_type: keyType, reference: null, to, status: 'created' },
      notification_type: type as 'member',
      ...{ template_id: null, template_version: null, template_name: null, provider: null },
      ...{ provider_reference: null, created_at: fromDate(new Date()), sent_at: null, completed_at: null },
      ...{ sent_by: null, spreadsheet_file_name: null, spreadsheet_row_number: null },
      ...{ upload_letter_file_name: null, callback_url: null },
    },
    requestDigest: new Uint8Array(),
    storedAtMs: Date.now(),
    lastSequence: 0,
    finalSequence: null,
  };
}

/** What is held for a callback, the longest held first. */
export function heldOf({ statuses }: Memory, callbackId: string): MemoryStatus[] {
  return [...statuses.values()]
    .flat()
    .filter((status) => status.callbackId === callbackId && status.state === 'held');
}

export function versionsOf({ versions }: Memory, callbackId: string): StoredVersion[] {
  return versions.get(callbackId) ?? [];
}

/** Keeps a callback's new version, as the database's trigger does. */
export function writeVersion(
  memory: Memory,
  { callback, auth, clientCertificate, signingSecrets }: MemoryCallback,
  change: StoredVersion['change'],
): void {
  const { url, policy, filter, notification_list, warn_after_attempts, max_in_flight, rate_per_second } =
    callback;
  const version: StoredVersion = {
    version: callback.version,
    change,
    changedBy: 'operator',
    changedAt: fromDate(new Date()),
    shown: structuredClone({
      ...{ url, policy, filter, notification_list, warn_after_attempts, max_in_flight, rate_per_second },
      auth: callback.auth,
      auth_secret: auth && auth.type !== 'none' ? Buffer.from(auth.sealed).toString('hex') : null,
      client_certificate: clientCertificate?.shown ?? null,
      signing: callback.signing.enabled,
      signing_secret: signingSecrets[0]?.madeAtMs ?? null,
      state: callback.state,
      disabled_reason: callback.disabled_reason,
    }),
  };
  memory.versions.set(callback.id, [...versionsOf(memory, callback.id), version]);
}

/** One page of `items`, which stand in the list's order. */
export function pageOf<T>(
  items: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  cursorOf: (item: T) => string,
): { items: T[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : items.findIndex((item) => cursorOf(item) === cursor) + 1;
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  return {
    items: structuredClone(page),
    nextCursor: last !== undefined && start + limit < items.length ? cursorOf(last) : null,
  };
}
