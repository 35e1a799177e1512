import type { CallbackSettings } from '../../../src/domain/callback-settings.ts';
import type { StoredVersion } from '../../../src/domain/callback-versions.ts';
import type { Drain } from '../../../src/domain/drain.schema.ts';
import { fromDate } from '../../../src/domain/instant.ts';
import type { StoredApiKey, HistoryRow, NewNotification } from '../../../src/ports/index.ts';
import type { Callback } from '../../../src/domain/callback.schema.ts';
import type { Service } from '../../../src/domain/service.schema.ts';

export type MemoryCallback = {
  callback: Callback;
  auth: NonNullable<CallbackSettings['auth']> | null;
  clientCertificate: Exclude<CallbackSettings['clientCertificate'], 'none'>;
  /** The newest first, with when they were made. */
  signingSecrets: { sealed: Uint8Array; madeAtMs: number }[];
};
type MemoryNotification = NewNotification & { lastSequence: number; finalSequence: number | null };

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
  /** By `<service id>/<source number>`, what stands for all that the number sends. */
  conversations: Map<string, string>;
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
