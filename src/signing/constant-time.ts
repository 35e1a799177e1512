import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

// timingSafeEqual wants equal lengths. Digests under a key nobody knows are of equal length, and their comparison
// tells nothing of the strings, not even how long the secret one is.
const comparisonKey = randomBytes(32);

/** Compares two strings of any length in a time that does not depend on where they differ. */
export function equalsInConstantTime(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

/** By which secrets are found in a map: under a key nobody knows, so how long a search takes tells nothing of them. */
export function secretDigest(...parts: readonly string[]): string {
  return digest(JSON.stringify(parts)).toString('base64');
}

function digest(text: string): Buffer {
  return createHmac('sha256', comparisonKey).update(text, 'utf8').digest();
}
