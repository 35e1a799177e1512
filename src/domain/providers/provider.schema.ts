// With what providers show themselves, as operators configure it.
import { z } from 'zod';
import { InstantOutput } from '../instant.schema.ts';
import { storedText } from '../text.schema.ts';

const none = z.strictObject({ type: z.literal('none') });
const secret = storedText(1000);
const passwordOrToken = z.union(
  [
    z.strictObject({ username: secret, password: secret }),
    z.strictObject({ token: storedText(1000).min(16) }),
    none,
  ],
  'must be {username, password}, {token} of at least 16 characters, or {type: none}',
);

/** By the kind of proof that a provider gives. */
export const ProviderCredentials = {
  password_or_token: passwordOrToken,
  twilio: z.union(
    [z.strictObject({ auth_token: secret, account_sid: storedText(100).optional() }), none],
    'must be {auth_token, account_sid?} or {type: none}',
  ),
  sns: z.union(
    [
      z.strictObject({
        topic_arns: z
          .array(storedText(300).regex(/^arn:aws[a-z-]*:sns:/))
          .min(1)
          .max(50),
      }),
      none,
    ],
    'must be {topic_arns: [arn:aws:sns:…]} or {type: none}',
  ),
  oauth2: z.union(
    [z.strictObject({ client_id: secret, client_secret: storedText(1000).min(16) }), none],
    'must be {client_id, client_secret} with a secret of at least 16 characters, or {type: none}',
  ),
  signed_token: z.union(
    [z.strictObject({ secret_key: secret, salt: secret }), none],
    'must be {secret_key, salt} or {type: none}',
  ),
} as const;

/** What is stored sealed; `none` where nothing is checked. */
export type StoredCredentials =
  | { type: 'none' }
  | { username: string; password: string }
  | { token: string }
  | { auth_token: string; account_sid?: string | undefined }
  | { topic_arns: string[] }
  | { client_id: string; client_secret: string }
  | { secret_key: string; salt: string };

/** The body of `PUT /v1/services/{id}/providers/{provider}`; which credentials a provider has is the use-case's question. */
export const ConfigureProvider = z.strictObject({
  credentials: z.looseObject({}),
  inbound_numbers: z
    .array(storedText(20).regex(/^\+[1-9]\d{5,14}$/, 'must be a number in E.164, such as +447700900789'))
    .max(1000)
    .optional()
    .describe('Whose an inbound message is.'),
  public_url: storedText(500)
    .regex(/^https?:\/\/[^/?#\s]+$/, 'must be a scheme and a host, such as https://callbacks.example.org')
    .optional()
    .describe('How the provider reaches Ringback, where a proxy in between changes that.'),
});
export type ConfigureProvider = z.infer<typeof ConfigureProvider>;

/** A provider of a service as it is shown: that there are credentials, and never which. */
export const ConfiguredProvider = z
  .object({
    provider: z.string(),
    service_id: z.string(),
    credential_type: z.string().describe('`none` where nothing that comes is checked.'),
    inbound_numbers: z.array(z.string()),
    public_url: z.string().nullable(),
    created_at: InstantOutput,
    updated_at: InstantOutput,
  })
  .meta({ id: 'ConfiguredProvider' });
export type ConfiguredProvider = z.infer<typeof ConfiguredProvider>;
