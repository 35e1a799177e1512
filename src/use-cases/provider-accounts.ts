import type { StoredCredentials } from '../domain/provider.schema.ts';
import { providerContext } from '../domain/secret-contexts.ts';
import type { ProviderSettings, ProviderStore, SecretBox } from '../ports/index.ts';

type OpenCredentials = Exclude<StoredCredentials, { type: 'none' }>;

/** Services that have the same credentials with a provider: a platform has one account for all of them, as a rule. */
export type ProviderAccount = {
  credentials: OpenCredentials;
  publicUrl: string | null;
  services: ProviderSettings[];
};

type KnownAccounts = { accounts: ProviderAccount[]; unchecked: ProviderSettings[] };

/** Who may speak for whom, for the one second in which most of a busy provider's requests fall. */
export interface ProviderAccounts {
  of(provider: string): Promise<KnownAccounts>;
  /** Drops what is known of a provider, because somebody's credentials have changed. */
  forget(provider: string): void;
}

/** How long credentials that were replaced may still be taken by a process that did not replace them itself. */
const maxAgeMs = 1000;

/** Unsealed credentials live in this cache and nowhere else; requests that come together share one loading. */
export function createProviderAccounts(ports: {
  providers: Pick<ProviderStore, 'of'>;
  secrets: SecretBox;
}): ProviderAccounts {
  const entries = new Map<string, { loadedMs: number; found: Promise<KnownAccounts> }>();
  return {
    of(provider) {
      const nowMs = performance.now();
      const known = entries.get(provider);
      if (known && nowMs - known.loadedMs < maxAgeMs) return known.found;
      const entry = { loadedMs: nowMs, found: load(ports, provider) };
      entries.set(provider, entry);
      entry.found.catch(() => {
        if (entries.get(provider) === entry) entries.delete(provider);
      });
      return entry.found;
    },
    forget: (provider) => void entries.delete(provider),
  };
}

async function load(
  { providers, secrets }: { providers: Pick<ProviderStore, 'of'>; secrets: SecretBox },
  provider: string,
): Promise<KnownAccounts> {
  const all = await providers.of(provider);
  const accounts = new Map<string, ProviderAccount>();
  for (const settings of all) {
    const { sealedCredentials: sealed, serviceId, publicUrl } = settings;
    if (!sealed) continue;
    const text = secrets.open(sealed, providerContext(serviceId, provider));
    const key = `${publicUrl ?? ''} ${text}`;
    // Only configureProvider writes these, after checking them against their schemas.
    const account = accounts.get(key) ?? {
      credentials: JSON.parse(text) as OpenCredentials,
      publicUrl,
      services: [],
    };
    account.services.push(settings);
    accounts.set(key, account);
  }
  const unchecked = all.filter(({ credentialType }) => credentialType === 'none');
  return { accounts: [...accounts.values()], unchecked };
}
