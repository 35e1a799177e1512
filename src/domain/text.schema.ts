import { z } from 'zod';
import { isStorableText } from './storable.ts';

/** Text of 1 to `max` UTF-16 units that can be stored and sent back exactly as it came. */
export const storedText = (max: number) =>
  z.string().min(1).max(max).refine(isStorableText, 'must not contain U+0000 or an unpaired surrogate');

/** Any UUID, in its canonical lower-case form. */
export const Uuid = z.guid('must be a UUID').transform((text) => text.toLowerCase());

export const EmailAddress = z.email('must be an e-mail address').max(320);
