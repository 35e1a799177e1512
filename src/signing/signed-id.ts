import { createHash, createHmac } from 'node:crypto';
import { equalsInConstantTime } from './constant-time.ts';

/**
 * The id that a token of GOV.UK Notify signs (`notify-reference`: base64url of its JSON, a dot, and an HMAC-SHA1 of that
 * under the SHA-1 of salt, "signer" and secret); null when it was not signed with these.
 */
export function openSignedId(
  token: string,
  { secretKey, salt }: { secretKey: string; salt: string },
): string | null {
  const dot = token.lastIndexOf('.');
  if (dot <= 0) return null;
  const payload = token.slice(0, dot);
  const key = createHash('sha1').update(`${salt}signer${secretKey}`, 'utf8').digest();
  const expected = createHmac('sha1', key).update(payload, 'utf8').digest('base64url');
  if (!equalsInConstantTime(expected, token.slice(dot + 1))) return null;
  try {
    const id: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
