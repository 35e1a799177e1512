// Who may speak for which services: a provider's request is checked against what each service has configured for it.
import { providerTokenContext } from '../domain/secret-contexts.ts';
import type { ProviderSettings, SecretBox, Sns } from '../ports/index.ts';
import type { Proof, ProviderRequest } from '../providers/index.ts';
import { equalsInConstantTime } from '../signing/constant-time.ts';
import { openSignedId } from '../signing/signed-id.ts';
import { isSignedBySns, isSnsUrl, type SnsEnvelope } from '../signing/sns-signature.ts';
import { isSignedByTwilio } from '../signing/twilio-signature.ts';
import type { ProviderAccount, ProviderAccounts } from './provider-accounts.ts';
import { basicCredentialsOf, bearerTokenOf, formPairsOf, snsEnvelopeOf } from './provider-request-parts.ts';

/** A provider's request with the URL it came to: scheme, host, path and query. */
export type DoorRequest = ProviderRequest & { url: string };

/** The services it may speak for; `signedId` is what its token signs, where it is a token of that kind. */
export type Admission = {
  settings: ProviderSettings[];
  signedId: string | null;
  envelope: SnsEnvelope | null;
};

type Ports = { accounts: ProviderAccounts; secrets: SecretBox; sns: Sns; now: () => Date };

/** Throws only where it could not be found out, as while a certificate cannot be had. */
export async function admit(
  ports: Ports,
  provider: { name: string; proof: Proof },
  request: DoorRequest,
): Promise<Admission> {
  const { accounts, unchecked } = await ports.accounts.of(provider.name);
  const { proven, ...rest } = await prove(ports, provider, accounts, request);
  return { settings: [...unchecked, ...proven.flatMap(({ services }) => services)], ...rest };
}

type Proven = { proven: ProviderAccount[]; signedId: string | null; envelope: SnsEnvelope | null };

async function prove(
  ports: Ports,
  { name, proof }: { name: string; proof: Proof },
  known: readonly ProviderAccount[],
  request: DoorRequest,
): Promise<Proven> {
  const by = (isShown: (own: ProviderAccount) => boolean): Proven => ({
    // Every one of them is looked at, whichever it is.
    proven: known
      .map((own) => ({ own, isShown: isShown(own) }))
      .flatMap(({ own, isShown: is }) => (is ? [own] : [])),
    signedId: null,
    envelope: null,
  });
  switch (proof) {
    case 'password_or_token':
      return by(({ credentials }) => isPasswordOrToken(credentials, request));
    case 'twilio':
      return by((own) => isTwilios(own, request));
    case 'oauth2': {
      const serviceId = serviceOfToken(ports, name, request);
      // It was given for an account, and speaks for all of its services.
      return by(({ services }) => services.some((own) => own.serviceId === serviceId));
    }
    case 'signed_token': {
      const token = request.query.get('token') ?? '';
      const ids = known.map(({ credentials }) =>
        'secret_key' in credentials
          ? openSignedId(token, { secretKey: credentials.secret_key, salt: credentials.salt })
          : null,
      );
      const proven = known.filter((_own, place) => ids[place] !== null);
      return { proven, signedId: ids.find((id) => id !== null) ?? null, envelope: null };
    }
    case 'sns': {
      const envelope = snsEnvelopeOf(request);
      const arn = envelope?.['TopicArn'] ?? '';
      const { proven } = by(
        ({ credentials }) => 'topic_arns' in credentials && credentials.topic_arns.includes(arn),
      );
      // Nobody is asked for a certificate on behalf of a topic that is nobody's.
      if (!envelope || proven.length === 0) return { proven: [], signedId: null, envelope };
      return (await isFromSns(ports.sns, envelope))
        ? { proven, signedId: null, envelope }
        : { proven: [], signedId: null, envelope: null };
    }
  }
}

function isPasswordOrToken(
  credentials: ProviderAccount['credentials'],
  { headers, query }: DoorRequest,
): boolean {
  if ('token' in credentials) return equalsInConstantTime(credentials.token, query.get('token') ?? '');
  const shown = basicCredentialsOf(headers['authorization']);
  if (!('username' in credentials) || !shown) return false;
  const isUser = equalsInConstantTime(credentials.username, shown.username);
  return equalsInConstantTime(credentials.password, shown.password) && isUser;
}

function isTwilios({ publicUrl, credentials }: ProviderAccount, request: DoorRequest): boolean {
  if (!('auth_token' in credentials)) return false;
  const received = new URL(request.url);
  const url = publicUrl === null ? request.url : `${publicUrl}${request.url.slice(received.origin.length)}`;
  const form = formPairsOf(request);
  const sid = form.find(([name]) => name === 'AccountSid')?.[1];
  const isOwn = credentials.account_sid === undefined || sid === undefined || sid === credentials.account_sid;
  const signature = request.headers['x-twilio-signature'] ?? '';
  return isSignedByTwilio(credentials.auth_token, signature, { url, form, body: request.body }) && isOwn;
}

async function isFromSns(sns: Sns, envelope: SnsEnvelope): Promise<boolean> {
  const url = envelope['SigningCertURL'] ?? '';
  return isSnsUrl(url, /\.pem$/) && isSignedBySns(envelope, await sns.certificate(url));
}

/** Whose access token a request carries; null for none that we gave, or one that is over. */
function serviceOfToken({ secrets, now }: Ports, provider: string, { headers }: DoorRequest): string | null {
  const token = bearerTokenOf(headers['authorization']);
  if (token === null) return null;
  try {
    const text = secrets.open(Buffer.from(token, 'base64url'), providerTokenContext(provider));
    const { serviceId, until } = JSON.parse(text) as { serviceId: string; until: number };
    return until > now().getTime() ? serviceId : null;
  } catch {
    return null;
  }
}
