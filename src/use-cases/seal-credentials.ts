// What a callback shows to its receiver, on its way from a request into the store: sealed, beside what may be shown.
import { X509Certificate } from 'node:crypto';
import type { CallbackEvent, ConfigureCallback } from '../domain/callback.schema.ts';
import type { CallbackAuth, ClientCertificate, ShownAuth } from '../domain/credential.schema.ts';
import { fromDate } from '../domain/instant.ts';
import {
  callbackAuthContext,
  clientCertificateContext,
  signingSecretContext,
} from '../domain/secret-contexts.ts';
import type { CallbackSettings } from '../domain/callback-settings.ts';
import type { CallbackStore, SecretBox } from '../ports/index.ts';
import { equalsInConstantTime } from '../signing/constant-time.ts';

type Owner = { serviceId: string; event: CallbackEvent };

/** Null when none was given. One that is stored already is marked as such: it must not begin an overlap with itself. */
export async function sealAuth(
  { callbacks, secrets }: { callbacks: CallbackStore; secrets: SecretBox },
  { serviceId, event }: Owner,
  body: ConfigureCallback,
): Promise<CallbackSettings['auth']> {
  const auth = givenAuth(body);
  if (!auth) return null;
  const context = callbackAuthContext(serviceId, event);
  const text = JSON.stringify(auth);
  const stored = await callbacks.sealedAuth(serviceId, event);
  const isSame = stored !== null && equalsInConstantTime(opened(secrets, stored.sealed, context) ?? '', text);
  return {
    type: auth.type,
    sealed: secrets.seal(text, context),
    shown: shownAuth(auth),
    sameAsVersion: isSame ? stored.version : null,
  };
}

export function sealClientCertificate(
  secrets: SecretBox,
  { serviceId, event }: Owner,
  given: ClientCertificate | null | undefined,
): CallbackSettings['clientCertificate'] {
  if (given === undefined) return null;
  if (given === null) return 'none';
  const validUntil = new Date(new X509Certificate(given.certificate).validTo);
  return {
    sealed: secrets.seal(JSON.stringify(given), clientCertificateContext(serviceId, event)),
    shown: { certificate: given.certificate, valid_until: fromDate(validUntil) },
  };
}

export function sealSigning(
  secrets: SecretBox,
  { serviceId, event }: Owner,
  given: ConfigureCallback['signing'],
  newSecret: string,
): CallbackSettings['signing'] {
  if (!given) return null;
  return given.enabled
    ? { enabled: true, sealedSecret: secrets.seal(newSecret, signingSecretContext(serviceId, event)) }
    : { enabled: false };
}

function opened(secrets: SecretBox, sealed: Uint8Array, context: string): string | null {
  try {
    return secrets.open(sealed, context);
  } catch {
    // Whoever has lost the key must still be able to give another credential.
    return null;
  }
}

function givenAuth(body: ConfigureCallback): CallbackAuth | null {
  if (body.bearer_token !== undefined) return { type: 'bearer', token: body.bearer_token };
  return body.auth ?? null;
}

function shownAuth(auth: CallbackAuth): Omit<ShownAuth, 'type'> {
  switch (auth.type) {
    case 'none':
    case 'bearer':
      return {};
    case 'basic':
      return { username: auth.username };
    case 'api_key':
      return { header: auth.header };
    case 'oauth2_client_credentials': {
      const { token_url, client_id, scope } = auth;
      return { token_url, client_id, ...(scope !== undefined && { scope }) };
    }
  }
}
