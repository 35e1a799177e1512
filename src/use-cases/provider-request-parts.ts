import { createHash } from 'node:crypto';
import type { ProviderRequest } from '../providers/index.ts';
import type { SnsEnvelope } from '../signing/sns-signature.ts';

/** The same for the same request, whatever is in it. */
export function digestOf({ body, query }: ProviderRequest): string {
  return createHash('sha256').update(body).update(query.toString()).digest('hex');
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

/** The fields of a form in their order; none of any other body. */
export function formPairsOf({ body, headers }: ProviderRequest): [string, string][] {
  const isForm = (headers['content-type'] ?? '')
    .toLowerCase()
    .startsWith('application/x-www-form-urlencoded');
  return isForm ? [...new URLSearchParams(Buffer.from(body).toString('utf8'))] : [];
}

/** The text fields of an SNS envelope; null for what is none. SNS says that its JSON is plain text. */
export function snsEnvelopeOf({ body }: ProviderRequest): SnsEnvelope | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return Object.fromEntries(Object.entries(value).filter(([, own]) => typeof own === 'string'));
  } catch {
    return null;
  }
}
