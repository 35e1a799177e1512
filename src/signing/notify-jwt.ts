import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a caller's clock may be from ours, either way, as the Notify systems have it. */
const clockToleranceSeconds = 30;

export type JwtFault = 'malformed' | 'algorithm' | 'issuer' | 'signature' | 'clock' | 'expired' | 'tooEarly';

/** A token taken apart, of which nothing is proven yet: `issuer` says whose secrets to verify it with. */
export type DecodedNotifyJwt = {
  issuer: string;
  issuedAtSeconds: number;
  /** `exp` and `nbf`, which the Notify clients leave out; null where they are. */
  expiresAtSeconds: number | null;
  notBeforeSeconds: number | null;
  signedText: string;
  signature: Buffer;
};

/** Takes a Notify JWT apart: HS256 alone, `iss` the service's id, `iat` in seconds. */
export function decodeNotifyJwt(
  token: string,
): { kind: 'decoded'; jwt: DecodedNotifyJwt } | { kind: 'invalid'; reason: JwtFault } {
  const [headerPart, claimsPart, signaturePart, ...rest] = token.split('.');
  if (headerPart === undefined || claimsPart === undefined || signaturePart === undefined || rest.length > 0)
    return { kind: 'invalid', reason: 'malformed' };
  const header = decodeObject(headerPart);
  const claims = decodeObject(claimsPart);
  const signature = decodeBase64Url(signaturePart);
  if (!header || !claims || !signature) return { kind: 'invalid', reason: 'malformed' };
  // An extension that must be understood (RFC 7515, `crit`) is not understood here.
  if (header['alg'] !== 'HS256' || 'crit' in header) return { kind: 'invalid', reason: 'algorithm' };
  const { iss: issuer, iat: issuedAtSeconds, exp, nbf } = claims;
  if (typeof issuer !== 'string' || issuer === '') return { kind: 'invalid', reason: 'issuer' };
  if (!isTime(issuedAtSeconds) || !isTimeOrAbsent(exp) || !isTimeOrAbsent(nbf))
    return { kind: 'invalid', reason: 'malformed' };
  return {
    kind: 'decoded',
    jwt: {
      ...{ issuer, issuedAtSeconds, signedText: `${headerPart}.${claimsPart}`, signature },
      ...{ expiresAtSeconds: exp ?? null, notBeforeSeconds: nbf ?? null },
    },
  };
}

/**
 * Verifies a token against each of its issuer's secrets. The clock is judged last, so that only who knows a secret is
 * told that it is the clock.
 */
export function verifyNotifyJwt(
  jwt: DecodedNotifyJwt,
  secrets: readonly string[],
  now: Date,
): { kind: 'valid'; secretIndex: number } | { kind: 'invalid'; reason: JwtFault } {
  const secretIndex = secrets.findIndex((secret) => isSignedWith(jwt, secret));
  if (secretIndex === -1) return { kind: 'invalid', reason: 'signature' };
  // The clients cut `iat` to whole seconds, so ours is cut as well.
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const { issuedAtSeconds, expiresAtSeconds, notBeforeSeconds } = jwt;
  // Whoever gives a token an end means it, so that has no tolerance; a clock that goes ahead of ours sets all the others.
  if (expiresAtSeconds !== null && nowSeconds >= expiresAtSeconds)
    return { kind: 'invalid', reason: 'expired' };
  if (notBeforeSeconds !== null && notBeforeSeconds - nowSeconds > clockToleranceSeconds)
    return { kind: 'invalid', reason: 'tooEarly' };
  if (Math.abs(nowSeconds - issuedAtSeconds) > clockToleranceSeconds)
    return { kind: 'invalid', reason: 'clock' };
  return { kind: 'valid', secretIndex };
}

function isTime(claim: unknown): claim is number {
  return typeof claim === 'number' && Number.isFinite(claim);
}

function isTimeOrAbsent(claim: unknown): claim is number | undefined {
  return claim === undefined || isTime(claim);
}

function isSignedWith(jwt: DecodedNotifyJwt, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(jwt.signedText).digest();
  return expected.length === jwt.signature.length && timingSafeEqual(expected, jwt.signature);
}

function decodeObject(part: string): Record<string, unknown> | null {
  const bytes = decodeBase64Url(part);
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Only the canonical spelling (RFC 7515): no padding, no other alphabet, no stray bits in the last character. */
function decodeBase64Url(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes : null;
}
