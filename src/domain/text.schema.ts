import { z } from 'zod';
import { isStorableText } from './storable.ts';

/** Text of 1 to `max` UTF-16 units that can be stored and sent back exactly as it came. */
export const storedText = (max: number) =>
  z.string().min(1).max(max).refine(isStorableText, 'must not contain U+0000 or an unpaired surrogate');

// PostgreSQL refuses an index entry of more than 2,704 bytes; a service's id stands beside the text.
const maxIndexedBytes = 2500;

/** Text that is looked up by an index, so that its bytes are counted as well. */
export const indexedText = (max: number) =>
  storedText(max).refine(
    (text) => new TextEncoder().encode(text).length <= maxIndexedBytes,
    `must be at most ${maxIndexedBytes} bytes in UTF-8`,
  );

/** Any UUID, in its canonical lower-case form. */
export const Uuid = z.guid('must be a UUID').transform((text) => text.toLowerCase());

export const EmailAddress = z.email('must be an e-mail address').max(320);
