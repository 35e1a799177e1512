import { z } from 'zod';
import { storedText } from './text.schema.ts';

const keyTypes = ['live', 'team', 'test'] as const;

export const CreateApiKey = z.strictObject({
  // The name becomes the first part of the key, which travels in a header.
  name: storedText(100).regex(/^[\x21-\x7e]+$/, 'must be visible ASCII without spaces'),
  key_type: z.enum(keyTypes),
});
export type CreateApiKey = z.infer<typeof CreateApiKey>;

/** The one answer that carries the key itself. */
export const CreatedApiKey = z
  .object({ id: z.string(), name: z.string(), key_type: z.enum(keyTypes), key: z.string() })
  .meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
