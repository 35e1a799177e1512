// How a provider's request proves whose it is. Until it has, every step is linear in what was sent, bounded, and done
// once, however many accounts there are.
import { providerTokenContext } from '../domain/secret-contexts.ts';
import type { SecretBox, Sns } from '../ports/index.ts';
import type { Proof, ProviderRequest } from '../providers/index.ts';
import { decodeSignedId, isSignedUnder } from '../signing/signed-id.ts';
import {
  isInSnsTime,
  isSignedBySns,
  isSnsCertificateUrl,
  signedPartOf,
  type SnsEnvelope,
} from '../signing/sns-signature.ts';
import { textSignedByTwilio, twilioContentOf, type TwilioContent } from '../signing/twilio-signature.ts';
import {
  accountKey,
  passwordKey,
  sidKey,
  tokenKey,
  topicKey,
  type KnownAccounts,
  type ProviderAccount,
} from './provider-index.ts';
import {
  basicCredentialsOf,
  bearerTokenOf,
  formPairsOf,
  jsonMemberOf,
  snsEnvelopeOf,
  topicsNamedIn,
} from './provider-request-parts.ts';

/** A provider's request with the URL it came to: scheme, host, path and query. */
export type DoorRequest = ProviderRequest & { url: string };

export type ProofPorts = { secrets: SecretBox; sns: Sns; now: () => Date };

/** Whose it is: nobody's where nothing is proven. */
export type Proven = {
  accounts: readonly ProviderAccount[];
  /** Of a signature: what was signed, and all that may be believed. */
  read?: ProviderRequest;
  /** The text that was signed: a repeat has the same. */
  signedText?: string;
  /** What a token signs, where it is a token of that kind. */
  signedId?: string;
  envelope?: SnsEnvelope;
  /** Why nothing is proven, where there is more to say than that. */
  reason?: string;
};

const unproven: Proven = { accounts: [] };

export function isProofShown(
  proof: Proof,
  { headers, query }: Pick<ProviderRequest, 'headers' | 'query'>,
): boolean {
  switch (proof) {
    case 'password_or_token':
      return 'authorization' in headers || query.has('token');
    case 'oauth2':
      return 'authorization' in headers;
    case 'signed_token':
      return query.has('token');
    case 'twilio':
      return 'x-twilio-signature' in headers;
    // The signature itself is in the body; SNS says in this header what the body is.
    case 'sns':
      return 'x-amz-sns-message-type' in headers;
  }
}

/** Throws UNAVAILABLE where it could not be found out, as while a certificate cannot be had. */
export async function prove(
  ports: ProofPorts,
  { name, proof }: { name: string; proof: Proof },
  known: KnownAccounts,
  request: DoorRequest,
): Promise<Proven> {
  switch (proof) {
    case 'password_or_token':
      return { accounts: shownBy(known, request) };
    case 'oauth2':
      return { accounts: ofAccessToken(ports, name, known, request) };
    case 'signed_token':
      return provenBySignedId(known, request);
    case 'twilio':
      return provenByTwilio(known, request);
    case 'sns':
      return provenBySns(ports, known, request);
  }
}

/** The secrets are found as digests under a key that nobody knows: the search compares nothing that could be guessed at. */
function shownBy(known: KnownAccounts, { headers, query }: DoorRequest): readonly ProviderAccount[] {
  const token = query.get('token');
  const basic = basicCredentialsOf(headers['authorization']);
  return [
    ...(token === null ? [] : known.find(tokenKey(token))),
    ...(basic ? known.find(passwordKey(basic.username, basic.password)) : []),
  ];
}

/** An access token names the account that it was given for, by its present secret: it ends with that. */
function ofAccessToken(
  { secrets, now }: ProofPorts,
  provider: string,
  known: KnownAccounts,
  { headers }: DoorRequest,
): readonly ProviderAccount[] {
  const token = bearerTokenOf(headers['authorization']);
  if (token === null) return [];
  try {
    const text = secrets.open(Buffer.from(token, 'base64url'), providerTokenContext(provider));
    const { account, until } = JSON.parse(text) as { account: string; until: number };
    return until > now().getTime() ? known.find(accountKey(account)) : [];
  } catch {
    return [];
  }
}

/** The token names a letter and no account, so each is tried: one HMAC of some 60 bytes. */
function provenBySignedId(known: KnownAccounts, { query }: DoorRequest): Proven {
  const signed = decodeSignedId(query.get('token') ?? '');
  if (!signed) return unproven;
  const accounts = known.unnamed.filter(
    ({ signedIdKey }) => signedIdKey !== null && isSignedUnder(signedIdKey, signed),
  );
  return { accounts, signedId: signed.id };
}

function provenByTwilio(known: KnownAccounts, request: DoorRequest): Proven {
  const form = formPairsOf(request);
  const content = twilioContentOf({ url: request.url, form, body: request.body });
  if (!content) return unproven;
  const origin = /^https?:\/\/[^/?#]*/i.exec(request.url)?.[0] ?? '';
  const sid =
    form.find(([name]) => name === 'AccountSid')?.[1] ??
    request.query.get('AccountSid') ??
    (content.isBodyDigested ? jsonMemberOf(request, 'AccountSid') : null);
  const candidates = [...(sid === null ? [] : known.find(sidKey(sid))), ...known.unnamed];
  const signature = request.headers['x-twilio-signature'] ?? '';
  const signed = candidates.flatMap((account) => {
    if (!('auth_token' in account.credentials)) return [];
    const { auth_token: token } = account.credentials;
    const text = textSignedByTwilio(token, signature, account.publicUrl ?? origin, content);
    return text === null ? [] : [{ account, text }];
  });
  const [first] = signed;
  if (!first) return unproven;
  return {
    accounts: signed.map(({ account }) => account),
    signedText: first.text,
    read: { query: request.query, ...bodySigned(content, request.body) },
  };
}

function bodySigned(
  { form, isBodyDigested }: TwilioContent,
  body: Uint8Array,
): Pick<ProviderRequest, 'body' | 'headers'> {
  if (isBodyDigested) return { body, headers: { 'content-type': 'application/json' } };
  const fields = form.map(([name, value]): [string, string] => [name, value]);
  return {
    body: Buffer.from(new URLSearchParams(fields).toString(), 'utf8'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
}

async function provenBySns(
  { sns, now }: ProofPorts,
  known: KnownAccounts,
  request: DoorRequest,
): Promise<Proven> {
  const isSomebodys = (topic: string): boolean => known.find(topicKey(topic)).length > 0;
  const { 'x-amz-sns-topic-arn': topic } = request.headers;
  if (topic !== undefined && !isSomebodys(topic)) return unproven;
  if (!topicsNamedIn(request).some(isSomebodys)) return unproven;
  const envelope = snsEnvelopeOf(request);
  const accounts = envelope ? known.find(topicKey(envelope['TopicArn'] ?? '')) : [];
  const signed = envelope && signedPartOf(envelope);
  const url = envelope?.['SigningCertURL'] ?? '';
  // Nobody is asked for a certificate on behalf of a topic that is nobody's.
  if (!envelope || !signed || accounts.length === 0 || !isSnsCertificateUrl(url)) return unproven;
  if (!isInSnsTime(envelope, now()))
    return {
      accounts: [],
      reason: 'The envelope is from a time in which SNS does not deliver it: have it published again.',
    };
  if (!isSignedBySns(envelope, await sns.certificate(url))) return unproven;
  return {
    accounts,
    envelope: signed,
    read: { query: new URLSearchParams(), headers: {}, body: Buffer.from(JSON.stringify(signed), 'utf8') },
  };
}
