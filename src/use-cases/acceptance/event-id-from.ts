import { createHash } from 'node:crypto';

/** The same event id for the same text, so that what is done again is recognised: a UUIDv8 of its digest (RFC 9562). */
export function eventIdFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
