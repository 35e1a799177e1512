import { apiKeySecretContext } from '../domain/secret-contexts.ts';
import type { ApiKeyStore, SecretBox, StoredApiKey } from '../ports/index.ts';

export type ActiveKey = Pick<StoredApiKey, 'id' | 'keyType' | 'sealedSecret'> & { secret: string };
type ServiceKeys = { profile: string; rateLimitPerSecond: number | null; keys: ActiveKey[] };

/** The active keys of services, for the one second in which most of a busy caller's requests fall. */
export interface ServiceKeyCache {
  /** `notBefore` refuses what was loaded earlier than that; null when there is no such service. */
  load(serviceId: string, notBefore?: number): Promise<{ found: ServiceKeys | null; loadedAt: number }>;
  /** Drops what is known of a service, because its keys have changed. */
  forget(serviceId: string): void;
}

/** How long a revoked key may still be taken by a process that did not revoke it itself. */
const maxAgeMs = 1000;
const maxServices = 10_000;

/** Unsealed secrets live in this cache and nowhere else; concurrent callers of a service share one loading. */
export function createServiceKeyCache(ports: {
  apiKeys: ApiKeyStore;
  secrets: SecretBox;
  now: () => Date;
}): ServiceKeyCache {
  type Entry = { loadedAt: number; found: Promise<ServiceKeys | null> };
  const entries = new Map<string, Entry>();

  const isFresh = (entry: Entry, now: number): boolean => {
    // A clock that was set back must not make an entry young for ever.
    const age = now - entry.loadedAt;
    return age >= 0 && age < maxAgeMs;
  };

  const startLoading = (serviceId: string, now: number): Entry => {
    if (entries.size >= maxServices)
      for (const [id, entry] of entries) if (!isFresh(entry, now)) entries.delete(id);
    if (entries.size >= maxServices) entries.clear();
    const before = entries.get(serviceId);
    const entry = { loadedAt: now, found: loadKeys(ports, serviceId, before?.found ?? null) };
    entries.set(serviceId, entry);
    const drop = (): void => {
      if (entries.get(serviceId) === entry) entries.delete(serviceId);
    };
    // Services that do not exist take no place from those that do, however many are asked for.
    entry.found.then((found) => found ?? drop(), drop);
    return entry;
  };

  return {
    async load(serviceId, notBefore = -Infinity) {
      const now = ports.now().getTime();
      const known = entries.get(serviceId);
      const entry =
        known && isFresh(known, now) && known.loadedAt >= notBefore ? known : startLoading(serviceId, now);
      return { found: await entry.found, loadedAt: entry.loadedAt };
    },
    forget: (serviceId) => void entries.delete(serviceId),
  };
}

async function loadKeys(
  { apiKeys, secrets }: { apiKeys: ApiKeyStore; secrets: SecretBox },
  serviceId: string,
  before: Promise<ServiceKeys | null> | null,
): Promise<ServiceKeys | null> {
  const stored = await apiKeys.activeKeys(serviceId);
  if (!stored) return null;
  // Opening a secret is most of what loading costs, and few of them change.
  const known = new Map((await before?.catch(() => null))?.keys.map((key) => [key.id, key]));
  const keys = stored.keys.map(({ id, keyType, sealedSecret }) => {
    const same = known.get(id);
    const secret =
      same && Buffer.compare(same.sealedSecret, sealedSecret) === 0
        ? same.secret
        : secrets.open(sealedSecret, apiKeySecretContext(serviceId, id));
    return { id, keyType, sealedSecret, secret };
  });
  return { ...stored, keys };
}
