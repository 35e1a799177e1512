import { createHash, timingSafeEqual } from 'node:crypto';

/** Takes as long whatever is given. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
