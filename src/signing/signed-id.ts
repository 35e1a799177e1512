import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** An id in a token of GOV.UK Notify, of which nothing is proven yet. */
export type SignedId = { id: string; payload: string; signature: Uint8Array };

/** A UUID in quotes and in base64url, and a SHA-1: 80 characters. */
const maxTokenLength = 200;

/**
 * Takes a token of GOV.UK Notify apart (`notify-reference`: base64url of the id's JSON, a dot, and an HMAC-SHA1 of that);
 * null for what is none.
 */
export function decodeSignedId(token: string): SignedId | null {
  const dot = token.lastIndexOf('.');
  if (dot <= 0 || token.length > maxTokenLength) return null;
  const payload = token.slice(0, dot);
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  if (signature.length !== 20 || signature.toString('base64url') !== token.slice(dot + 1)) return null;
  try {
    const id: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof id === 'string' ? { id, payload, signature } : null;
  } catch {
    return null;
  }
}

/** The key that Notify signs with: the SHA-1 of salt, "signer" and secret. */
export function signedIdKey({ secretKey, salt }: { secretKey: string; salt: string }): Uint8Array {
  return createHash('sha1').update(`${salt}signer${secretKey}`, 'utf8').digest();
}

export function isSignedUnder(key: Uint8Array, { payload, signature }: SignedId): boolean {
  return timingSafeEqual(createHmac('sha1', key).update(payload, 'utf8').digest(), signature);
}
