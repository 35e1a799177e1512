import { z } from 'zod';
import { keyTypes } from './key-type.ts';
import { storedText } from '../text.schema.ts';

export const CreateApiKey = z.strictObject({
  // The name becomes the first part of the key, which travels in a header.
  name: storedText(100).regex(/^[\x21-\x7e]+$/, 'must be visible ASCII without spaces'),
  key_type: z
    .enum(keyTypes)
    .describe(
      '`live` and `team` keys report on real messages and see those of both; whom a team key may send to is the rule of the platform that sends. With `test` nothing is sent: it makes, sees and reports on test notifications only.',
    ),
});
export type CreateApiKey = z.infer<typeof CreateApiKey>;

/** The one answer that carries the key itself. */
export const CreatedApiKey = z
  .object({ id: z.string(), name: z.string(), key_type: z.enum(keyTypes), key: z.string() })
  .meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
