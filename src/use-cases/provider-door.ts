// Who may speak for which services: a provider's request is checked against what each service has configured for it.
import { createHash } from 'node:crypto';
import { AppError } from '../domain/errors.ts';
import type { ProviderSettings } from '../ports/index.ts';
import type { Proof, ProviderRequest } from '../providers/index.ts';
import type { SnsEnvelope } from '../signing/sns-signature.ts';
import type { ProviderAccounts } from './provider-accounts.ts';
import { isProofShown, prove, type DoorRequest, type ProofPorts, type Proven } from './provider-proofs.ts';
import { contentDigestOf, requireSize, snsEnvelopeOf } from './provider-request-parts.ts';

export type { DoorRequest } from './provider-proofs.ts';

/** The services that a request may speak for, and what may be believed of it. */
export type Admission = {
  settings: readonly ProviderSettings[];
  /** Where a signature is the proof, what was signed and nothing else. */
  request: ProviderRequest;
  /** What its token signs, where it is a token of that kind. */
  signedId: string | null;
  /** Of SNS: as it was signed; as it came where nothing is checked. */
  envelope: SnsEnvelope | null;
  /** The same for a repeat, also where that is written otherwise. */
  digest: () => string;
};

type Provider = { name: string; proof: Proof };
type Shown = Pick<DoorRequest, 'headers' | 'query'>;

/**
 * Refuses, before its body is read, a request that shows nothing where every service has something checked. Throws
 * UNAUTHENTICATED.
 */
export async function requireProof(
  { accounts }: { accounts: ProviderAccounts },
  { name, proof }: Provider,
  shown: Shown,
): Promise<void> {
  if (isProofShown(proof, shown)) return;
  if ((await accounts.of(name)).unchecked.length === 0) throw nothingShown(proof);
}

/**
 * Throws PAYLOAD_TOO_LARGE for what no provider sends, FORBIDDEN for a request that shows no credentials that are somebody's,
 * and UNAVAILABLE where it could not be found out, as while a certificate cannot be had.
 */
export async function admit(
  ports: ProofPorts & { accounts: ProviderAccounts },
  provider: Provider,
  request: DoorRequest,
): Promise<Admission> {
  const known = await ports.accounts.of(provider.name);
  const isShown = isProofShown(provider.proof, request);
  if (!isShown && known.unchecked.length === 0) throw nothingShown(provider.proof);
  requireSize(request, provider.proof);
  const proven: Proven = isShown ? await prove(ports, provider, known, request) : { accounts: [] };
  const isProven = proven.accounts.length > 0;
  const settings = [...known.unchecked, ...proven.accounts.flatMap(({ services }) => services)];
  if (settings.length === 0) throw new AppError('FORBIDDEN', proven.reason ?? nobodys);
  const { read = request, signedText, signedId, envelope } = proven;
  return {
    ...{ settings, request: read },
    signedId: isProven ? (signedId ?? null) : null,
    envelope: envelope ?? (provider.proof === 'sns' && !isProven ? snsEnvelopeOf(request) : null),
    digest: once(() => (signedText === undefined ? contentDigestOf(read) : sha256(signedText))),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

const nobodys = 'These credentials are not those of any service with this provider.';
const ways: Record<Proof, string> = {
  password_or_token: 'Basic, or `?token=`',
  oauth2: '`Authorization: Bearer` with an access token',
  signed_token: '`?token=`',
  twilio: '`X-Twilio-Signature`',
  sns: '`x-amz-sns-message-type` and a signed envelope',
};

function nothingShown(proof: Proof): AppError {
  return new AppError('UNAUTHENTICATED', `This provider shows no credentials: send ${ways[proof]}.`);
}
