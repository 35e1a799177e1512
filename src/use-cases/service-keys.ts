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
  /**
   * `notBefore` refuses what was loaded earlier than that; `inGroups` waits a moment for others, so that many services
   * that nobody knows are one statement. Null when there is no such service.
   */
  load(serviceId: string, options?: { notBefore?: number; inGroups?: boolean }): Promise<Loaded>;
  /** Drops what is known of a service, because its keys have changed. */
  forget(serviceId: string): void;
}

type Loaded = { found: ServiceKeys | null; loadedAt: number };

/** How long a revoked key may still be taken by a process that did not revoke it itself. */
const maxAgeMs = 1000;
const maxServices = 10_000;
const maxReported = 10_000;
const groupMs = 50;

/** Unsealed secrets live in this cache and nowhere else; concurrent callers of a service share one loading. */
export function createServiceKeyCache(ports: {
  apiKeys: ApiKeyStore;
  secrets: SecretBox;
  now: () => Date;
  /** Hears once of each key that cannot be opened: it concerns its own service only. */
  onUnopenedKey: (unopened: UnopenedKey) => void;
}): ServiceKeyCache {
  const reported = new Set<string>();
  const report = (unopened: UnopenedKey): void => {
    if (reported.has(unopened.keyId)) return;
    if (reported.size >= maxReported) reported.clear();
    reported.add(unopened.keyId);
    ports.onUnopenedKey(unopened);
  };
  const entries = new Map<string, { found: ServiceKeys; loadedAt: number }>();
  const loadings = new Map<string, { startedAt: number; loaded: Promise<Loaded> }>();
  let group: Promise<void> | undefined;

  const isGood = (at: number, notBefore: number): boolean => {
    // A clock that was set back must not make an entry young for ever.
    const age = ports.now().getTime() - at;
    return age >= 0 && age < maxAgeMs && at >= notBefore;
  };

  const keep = (serviceId: string, found: ServiceKeys, loadedAt: number): void => {
    entries.delete(serviceId);
    entries.set(serviceId, { found, loadedAt });
    const [oldest] = entries.keys();
    if (entries.size > maxServices && oldest !== undefined) entries.delete(oldest);
  };

  const startLoading = (serviceId: string, inGroups: boolean): Promise<Loaded> => {
    const startedAt = ports.now().getTime();
    const load = async (): Promise<Loaded> => {
      if (inGroups) await (group ??= nextGroup());
      const found = await loadKeys(ports, serviceId, report, entries.get(serviceId)?.found ?? null);
      // Others go on with what is known meanwhile. Services that do not exist take no place from those that do.
      if (loadings.get(serviceId)?.loaded === loaded && found) keep(serviceId, found, startedAt);
      return { found, loadedAt: startedAt };
    };
    const loaded = load().finally(() => {
      if (loadings.get(serviceId)?.loaded === loaded) loadings.delete(serviceId);
    });
    loadings.set(serviceId, { startedAt, loaded });
    return loaded;
  };

  const nextGroup = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, groupMs));
    group = undefined;
  };

  return {
    async load(serviceId, { notBefore = -Infinity, inGroups = false } = {}) {
      const known = entries.get(serviceId);
      if (known && isGood(known.loadedAt, notBefore)) return known;
      const loading = loadings.get(serviceId);
      if (loading && isGood(loading.startedAt, notBefore)) return loading.loaded;
      return startLoading(serviceId, inGroups);
    },
    forget(serviceId) {
      entries.delete(serviceId);
      loadings.delete(serviceId);
    },
  };
}

async function loadKeys(
  { apiKeys, secrets }: { apiKeys: ApiKeyStore; secrets: SecretBox },
  serviceId: string,
  report: (unopened: UnopenedKey) => void,
  before: ServiceKeys | null,
): Promise<ServiceKeys | null> {
  const stored = await apiKeys.activeKeys(serviceId);
  if (!stored) return null;
  // Opening a secret is most of what loading costs, and few of them change.
  const known = new Map(before?.keys.map((key) => [key.id, key]));
  const keys = stored.keys.flatMap(({ id, keyType, sealedSecret }): ActiveKey[] => {
    const same = known.get(id);
    // eslint-disable-next-line no-restricted-syntax -- both are ours: nobody shows us one
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
