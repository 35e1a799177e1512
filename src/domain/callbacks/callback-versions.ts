import type { CallbackVersion } from './callback-version.schema.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Instant } from '../instant.ts';

/** A version as it is kept: of each secret only when it was given, by which a change is told. */
export type StoredVersion = {
  version: number;
  change: CallbackVersion['change'];
  changedBy: CallbackVersion['changed_by'];
  changedAt: Instant;
  shown: Record<string, unknown>;
};

const secretNames = ['auth_secret', 'client_certificate', 'signing_secret'] as const;

/** What is shown of a version, beside the one before it; null for the first. */
export function describeVersion(version: StoredVersion, before: StoredVersion | null): CallbackVersion {
  const settings = settingsOf(version.shown);
  const earlier = before ? settingsOf(before.shown) : {};
  const changed = Object.keys(settings).filter((name) => !isSame(settings[name], earlier[name]));
  const secret = (name: (typeof secretNames)[number]) =>
    secretChange(version.shown[name], before?.shown[name]);
  return {
    version: version.version,
    change: version.change,
    changed_by: version.changedBy,
    changed_at: version.changedAt,
    settings,
    changed: before ? changed : [],
    secrets: {
      auth: secret('auth_secret'),
      client_certificate: secret('client_certificate'),
      signing_secret: secret('signing_secret'),
    },
  };
}

function settingsOf(shown: Record<string, unknown>): Record<string, unknown> {
  const hidden: readonly string[] = secretNames;
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !hidden.includes(name)));
}

function secretChange(now: unknown, before: unknown): 'changed' | 'unchanged' | null {
  if ((now ?? null) === null) return null;
  return isSame(now, before) ? 'unchanged' : 'changed';
}

function isSame(left: unknown, right: unknown): boolean {
  return canonicalJson(left ?? null) === canonicalJson(right ?? null);
}
