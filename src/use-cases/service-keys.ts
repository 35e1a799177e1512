import { apiKeySecretContext } from '../domain/secret-contexts.ts';
import type { ApiKeyStore, SecretBox, StoredApiKey } from '../ports/index.ts';

export type ActiveKey = Pick<StoredApiKey, 'id' | 'keyType' | 'sealedSecret'> & { secret: string };
export type UnopenedKey = { serviceId: string; keyId: string; reason: string };
type ServiceKeys = {
  profile: string;
  rateLimitPerSecond: number | null;
  keys: ActiveKey[];
  /** One of its keys could not be opened, so it is not known whose a key is that is none of the others. */
  isPartial: boolean;
};

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
const maxReported = 10_000;

/** Unsealed secrets live in this cache and nowhere else; concurrent callers of a service share one loading. */
export function createServiceKeyCache(ports: {
  apiKeys: ApiKeyStore;
  secrets: SecretBox;
  now: () => Date;
  /** Hears once of each key that cannot be opened: it concerns its own service only. */
  onUnopenedKey: (unopened: UnopenedKey) => void;
}): ServiceKeyCache {
  type Entry = { loadedAt: number; found: Promise<ServiceKeys | null> };
  const entries = new Map<string, Entry>();
  const reported = new Set<string>();
  const report = (unopened: UnopenedKey): void => {
    if (reported.has(unopened.keyId)) return;
    if (reported.size >= maxReported) reported.clear();
    reported.add(unopened.keyId);
    ports.onUnopenedKey(unopened);
  };

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
    const entry = { loadedAt: now, found: loadKeys(ports, serviceId, report, before?.found ?? null) };
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
  report: (unopened: UnopenedKey) => void,
  before: Promise<ServiceKeys | null> | null,
): Promise<ServiceKeys | null> {
  const stored = await apiKeys.activeKeys(serviceId);
  if (!stored) return null;
  // Opening a secret is most of what loading costs, and few of them change.
  const known = new Map((await before?.catch(() => null))?.keys.map((key) => [key.id, key]));
  const keys = stored.keys.flatMap(({ id, keyType, sealedSecret }): ActiveKey[] => {
    const same = known.get(id);
    if (same && Buffer.compare(same.sealedSecret, sealedSecret) === 0) return [same];
    try {
      const secret = secrets.open(sealedSecret, apiKeySecretContext(serviceId, id));
      return [{ id, keyType, sealedSecret, secret }];
    } catch (cause) {
      report({ serviceId, keyId: id, reason: cause instanceof Error ? cause.message : 'it does not open' });
      return [];
    }
  });
  return { ...stored, keys, isPartial: keys.length < stored.keys.length };
}
