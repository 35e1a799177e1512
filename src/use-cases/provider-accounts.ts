import { providerContext } from '../domain/secret-contexts.ts';
import type { ProviderStore, SecretBox } from '../ports/index.ts';
import {
  indexAccounts,
  keysOf,
  type KnownAccounts,
  type OpenCredentials,
  type OpenSettings,
} from './provider-index.ts';

export type UnopenedCredentials = { serviceId: string; provider: string; reason: string };

/** Who may speak for whom, for the one second in which most of a busy provider's requests fall. */
export interface ProviderAccounts {
  of(provider: string): Promise<KnownAccounts>;
  /** Looks at the settings again before the next request, because somebody's credentials have changed. */
  forget(provider: string): void;
}

type Ports = {
  providers: Pick<ProviderStore, 'of' | 'changes'>;
  secrets: SecretBox;
  /** Hears once of each secret that cannot be opened: it concerns its own service only. */
  onUnopened: (unopened: UnopenedCredentials) => void;
};

type OpenRow = { sealed: Uint8Array; open: Omit<OpenSettings, 'settings'> | null };
type Loaded = { changes: string; rows: ReadonlyMap<string, OpenRow>; known: KnownAccounts };
type Entry = { checkedMs: number; loaded: Promise<Loaded> };

/** How long credentials that were replaced may still be taken by a process that did not replace them itself. */
const maxAgeMs = 1000;
/** Unsealing takes some 20 µs: a few milliseconds at a time, and then others have their turn. */
const openedAtOnce = 100;

/**
 * Unsealed credentials live in this cache and nowhere else. Each second it is asked whether anything has changed; only
 * then the settings are read again, and only what is new among them is unsealed.
 */
export function createProviderAccounts(ports: Ports, nowMs = () => performance.now()): ProviderAccounts {
  const entries = new Map<string, Entry>();
  return {
    async of(provider) {
      const before = entries.get(provider);
      if (before && nowMs() - before.checkedMs < maxAgeMs) return (await before.loaded).known;
      const entry = { checkedMs: nowMs(), loaded: refresh(ports, provider, before?.loaded) };
      entries.set(provider, entry);
      entry.loaded.catch(() => {
        if (entries.get(provider) !== entry) return;
        if (before) entries.set(provider, { ...before, checkedMs: -Infinity });
        else entries.delete(provider);
      });
      return (await entry.loaded).known;
    },

    forget(provider) {
      const entry = entries.get(provider);
      if (entry) entries.set(provider, { ...entry, checkedMs: -Infinity });
    },
  };
}

async function refresh(ports: Ports, provider: string, earlier?: Promise<Loaded>): Promise<Loaded> {
  const before = await earlier?.catch(() => null);
  // Before the settings: what changes in between is read now, and once more in a second.
  const changes = await ports.providers.changes(provider);
  if (before?.changes === changes) return before;
  const all = await ports.providers.of(provider);
  const rows = new Map<string, OpenRow>();
  let opened = 0;
  for (const settings of all) {
    const { serviceId, sealedCredentials: sealed } = settings;
    if (!sealed) continue;
    const known = before?.rows.get(serviceId);
    if (known && isSame(known.sealed, sealed)) {
      rows.set(serviceId, known);
      continue;
    }
    rows.set(serviceId, { sealed, open: open(ports, provider, serviceId, sealed) });
    opened += 1;
    if (opened % openedAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const settingsInTheClear = all.flatMap((settings) => {
    const own = rows.get(settings.serviceId)?.open;
    return own ? [{ ...own, settings }] : [];
  });
  const unchecked = all.filter(({ credentialType }) => credentialType === 'none');
  return { changes, rows, known: indexAccounts(settingsInTheClear, unchecked) };
}

function open(
  { secrets, onUnopened }: Ports,
  provider: string,
  serviceId: string,
  sealed: Uint8Array,
): OpenRow['open'] {
  let text: string;
  try {
    text = secrets.open(sealed, providerContext(serviceId, provider));
  } catch (cause) {
    onUnopened({ serviceId, provider, reason: cause instanceof Error ? cause.message : 'it does not open' });
    return null;
  }
  // Only configureProvider writes these, after checking them against their schemas.
  const credentials = JSON.parse(text) as OpenCredentials;
  return { text, credentials, keys: keysOf(credentials) };
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
