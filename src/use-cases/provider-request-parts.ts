import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import { AppError } from '../domain/errors.ts';
import { maxFields, pairsOf, type Proof, type ProviderRequest } from '../providers/index.ts';
import { snsFieldNames, type SnsEnvelope } from '../signing/sns-signature.ts';

/** A message of SNS has 256 KiB at most; as text in JSON, a notification of SES is an eighth longer. */
export const maxEnvelopeBytes = 320 * 1024;
/** Far more than any other provider sends: what it says of one message. */
const maxBodyBytes = 64 * 1024;

export function requireSize({ body }: ProviderRequest, proof: Proof): void {
  const max = proof === 'sns' ? maxEnvelopeBytes : maxBodyBytes;
  if (body.length > max)
    throw new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${max / 1024} KiB: send less.`);
}

/**
 * The same for the same content, however it is written: the order of fields and of JSON's members, white space and what
 * is repeated make no difference, and neither does the token by which a request shows itself.
 */
export function contentDigestOf({ body, query }: ProviderRequest): string {
  const parameters = [...query].filter(([name]) => name !== 'token');
  const hash = createHash('sha256').update(canonicalPairs(parameters)).update('\n');
  return hash.update(canonicalBody(body) ?? body).digest('hex');
}

/** Null for what is neither JSON nor a form; so is JSON that is nested too deeply to be written again. */
function canonicalBody(body: Uint8Array): string | null {
  const text = utf8Of(body);
  if (text === null) return null;
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    const pairs = pairsOf(text);
    return pairs && canonicalPairs(pairs);
  }
}

/** Of a name that comes several times the first value counts, as it does for whoever reads them. */
function canonicalPairs(pairs: readonly (readonly [string, string])[]): string {
  return canonicalJson(Object.fromEntries([...pairs].reverse()));
}

/** RFC 7617, in UTF-8; null for anything else. */
export function basicCredentialsOf(
  header: string | undefined,
): { username: string; password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export function bearerTokenOf(header: string | undefined): string | null {
  return /^bearer +([\w.~+/=-]+)$/i.exec(header ?? '')?.[1] ?? null;
}

/** The fields of a form in their order; none of any other body. Throws PAYLOAD_TOO_LARGE where there are too many. */
export function formPairsOf({ body, headers }: ProviderRequest): [string, string][] {
  const isForm = (headers['content-type'] ?? '')
    .toLowerCase()
    .startsWith('application/x-www-form-urlencoded');
  const pairs = isForm ? pairsOf(Buffer.from(body).toString('utf8')) : [];
  if (!pairs) throw tooManyFields('form');
  return pairs;
}

export function tooManyFields(what: string): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `The ${what} has too many fields: send at most ${maxFields}.`);
}

/** A text member of the JSON object that the body is; null for none. */
export function jsonMemberOf({ body }: ProviderRequest, name: string): string | null {
  const value = objectOf(body) ?? {};
  const own = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof own === 'string' ? own : null;
}

/** What an envelope may have as its topic, found in a fraction of the time in which it is parsed. */
export function topicsNamedIn({ body }: ProviderRequest): string[] {
  const text = Buffer.from(body).toString('latin1');
  const found = text.matchAll(/"TopicArn"\s*:\s*"([^"\\]{1,300})"/g);
  return Array.from(found, ([, topic = '']) => topic);
}

/** The text fields of an SNS envelope; null for what is no JSON object. SNS says that its JSON is plain text. */
export function snsEnvelopeOf({ body }: ProviderRequest): SnsEnvelope | null {
  const value = objectOf(body);
  if (!value) return null;
  return Object.fromEntries(
    snsFieldNames.flatMap((name) => {
      const own = Object.hasOwn(value, name) ? value[name] : undefined;
      return typeof own === 'string' ? [[name, own]] : [];
    }),
  );
}

function objectOf(body: Uint8Array): Record<string, unknown> | null {
  const text = utf8Of(body);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function utf8Of(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}
