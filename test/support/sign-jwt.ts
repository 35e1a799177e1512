import { createHmac } from 'node:crypto';

type Parts = { claims: unknown; secret: string; header?: unknown };

/** A JWT as the Notify clients make it; a test gives another header or other claims to make a wrong one. */
export function signJwt({ claims, secret, header = { typ: 'JWT', alg: 'HS256' } }: Parts): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signedText = `${encode(header)}.${encode(claims)}`;
  return `${signedText}.${createHmac('sha256', secret).update(signedText).digest('base64url')}`;
}
