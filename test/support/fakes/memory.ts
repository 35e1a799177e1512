import type { CallbackSettings } from '../../../src/domain/callback-settings.ts';
import type { StoredApiKey, HistoryRow, NewNotification } from '../../../src/ports.ts';
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

/** What the fake stores share, as the real ones share a database. */
export type Memory = {
  services: Map<string, Service>;
  apiKeys: Map<string, StoredApiKey>;
  callbacks: Map<string, MemoryCallback>;
  notifications: Map<string, MemoryNotification>;
  statuses: Map<string, HistoryRow[]>;
};

export function createMemory(): Memory {
  return {
    services: new Map(),
    apiKeys: new Map(),
    callbacks: new Map(),
    notifications: new Map(),
    statuses: new Map(),
  };
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
