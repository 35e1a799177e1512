// What PostgreSQL can hold, of what came from somebody who cannot be asked to send it again.
import type { Instant } from './instant.ts';

/** Whether PostgreSQL gives the text back as it is: it holds no U+0000, and a lone surrogate has no UTF-8 form. */
export function isStorableText(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** The text with U+FFFD for what cannot be stored, and cut after `max` UTF-16 units. */
export function storableText(text: string, max: number): string {
  return text.slice(0, max).toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** Null for a moment that does not exist, or that lies outside the years 1 to 9999. */
export function storableInstant(instant: Instant | null): Instant | null {
  if (instant === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(instant)) return null;
  const ms = Date.parse(instant);
  if (Number.isNaN(ms) || instant.startsWith('0000')) return null;
  // A day that its month does not have is another day to Date.
  return new Date(ms).toISOString().slice(0, 19) === instant.slice(0, 19) ? instant : null;
}
