import { z } from 'zod';
import { InstantOutput } from '../instant.schema.ts';

const callbackChanges = ['configured', 'signing_secret_rotated', 'disabled', 'enabled', 'removed'] as const;
const changers = ['operator', 'ringback'] as const;

export const VersionsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'must be the next_cursor of the page before')
    .optional()
    .describe('The `next_cursor` of the page before.'),
});

const SecretChange = z.enum(['changed', 'unchanged']).nullable();

/** One version of a callback: who changed what, when. Of a secret it says only whether it was changed. */
export const CallbackVersion = z
  .object({
    version: z.number().int(),
    change: z.enum(callbackChanges),
    changed_by: z.enum(changers).describe('`ringback` where it disabled the communication by itself.'),
    changed_at: InstantOutput,
    settings: z.record(z.string(), z.unknown()).describe('The settings as they were from then on.'),
    changed: z.array(z.string()).describe('The settings that differ from those of the version before.'),
    secrets: z.object({
      auth: SecretChange.describe('Null where there is none.'),
      client_certificate: SecretChange,
      signing_secret: SecretChange,
    }),
  })
  .meta({ id: 'CallbackVersion' });
export type CallbackVersion = z.infer<typeof CallbackVersion>;
