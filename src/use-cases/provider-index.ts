// Accounts by what a provider's request shows of them, so that a request costs the same with one and with a thousand.
import { createHash } from 'node:crypto';
import type { StoredCredentials } from '../domain/provider.schema.ts';
import type { ProviderSettings } from '../ports/index.ts';
import { secretDigest } from '../signing/constant-time.ts';
import { signedIdKey } from '../signing/signed-id.ts';

export type OpenCredentials = Exclude<StoredCredentials, { type: 'none' }>;

/** Services that have the same credentials with a provider: a platform has one account for all of them, as a rule. */
export type ProviderAccount = {
  credentials: OpenCredentials;
  publicUrl: string | null;
  services: ProviderSettings[];
  /** Of DVLA: made once, since every token is tried with it. */
  signedIdKey: Uint8Array | null;
};

export type KnownAccounts = {
  /** Whose credentials a request shows, or names: by one of the keys below. */
  find(key: string): readonly ProviderAccount[];
  /** Those that no request names: each of them has to be tried. */
  unnamed: readonly ProviderAccount[];
  /** The services for which nothing is checked. */
  unchecked: readonly ProviderSettings[];
};

/** One service's settings in the clear; `keys` is by what its account is found, empty for none. */
export type OpenSettings = {
  settings: ProviderSettings;
  text: string;
  credentials: OpenCredentials;
  keys: readonly string[];
};

export const passwordKey = (username: string, password: string): string =>
  secretDigest('password', username, password);
export const tokenKey = (token: string): string => secretDigest('token', token);
export const topicKey = (arn: string): string => `topic ${arn}`;
export const sidKey = (accountSid: string): string => `sid ${accountSid}`;
export const clientKey = (id: string, secret: string): string => secretDigest('client', id, secret);
export const accountKey = (clientDigest: string): string => `account ${clientDigest}`;

/** Names an account in the access tokens given for it: the same in every process, another with another secret. */
export function clientDigest(id: string, secret: string): string {
  return createHash('sha256')
    .update(JSON.stringify([id, secret]))
    .digest('base64');
}

export function keysOf(credentials: OpenCredentials): string[] {
  if ('username' in credentials) return [passwordKey(credentials.username, credentials.password)];
  if ('token' in credentials) return [tokenKey(credentials.token)];
  if ('client_id' in credentials) {
    const { client_id: id, client_secret: secret } = credentials;
    return [clientKey(id, secret), accountKey(clientDigest(id, secret))];
  }
  if ('topic_arns' in credentials) return [...new Set(credentials.topic_arns)].map(topicKey);
  if ('auth_token' in credentials)
    return credentials.account_sid === undefined ? [] : [sidKey(credentials.account_sid)];
  return [];
}

export function indexAccounts(
  open: readonly OpenSettings[],
  unchecked: readonly ProviderSettings[],
): KnownAccounts {
  const accounts = new Map<string, ProviderAccount>();
  const byKey = new Map<string, ProviderAccount[]>();
  const unnamed: ProviderAccount[] = [];
  for (const { settings, text, credentials, keys } of open) {
    const { publicUrl } = settings;
    const name = `${publicUrl ?? ''} ${text}`;
    const known = accounts.get(name);
    if (known) {
      known.services.push(settings);
      continue;
    }
    const account = { credentials, publicUrl, services: [settings], signedIdKey: keyOfDvla(credentials) };
    accounts.set(name, account);
    if (keys.length === 0) unnamed.push(account);
    for (const key of keys) {
      const own = byKey.get(key);
      if (own) own.push(account);
      else byKey.set(key, [account]);
    }
  }
  return { find: (key) => byKey.get(key) ?? [], unnamed, unchecked };
}

function keyOfDvla(credentials: OpenCredentials): Uint8Array | null {
  return 'secret_key' in credentials
    ? signedIdKey({ secretKey: credentials.secret_key, salt: credentials.salt })
    : null;
}
