// What a callback shows to its receiver, as callers give it and as it is shown again: never with a secret.
import { z } from 'zod';
import { InstantOutput } from '../instant.schema.ts';
import { storedText } from '../text.schema.ts';

const visibleAscii = /^[\x21-\x7e]+$/;
const headerValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const controlCharacter = /[\u0000-\u001f\u007f]/;

/** "At least 10 characters" (GOV.UK Notify); visible ASCII, since it travels in a header. */
export const BearerToken = storedText(4096)
  .min(10, 'must be at least 10 characters')
  .regex(visibleAscii, 'must be visible ASCII without spaces');

/** Headers that the exchange itself, or Ringback, speaks with; a credential there would break or forge them. */
const reservedHeaders = new Set([
  ...['host', 'connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect', 'date'],
  ...['content-length', 'content-type', 'content-encoding', 'accept-encoding', 'user-agent', 'cookie'],
]);

const isReserved = (name: string): boolean =>
  reservedHeaders.has(name.toLowerCase()) || /^(?:ringback|webhook|proxy)-/i.test(name);

const HeaderName = z
  .string()
  .max(100)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header, such as X-Api-Key')
  .refine((name) => !isReserved(name), 'must not be a header that Ringback or HTTP itself sets');

const withoutControls = (max: number) =>
  storedText(max).refine((text) => !controlCharacter.test(text), 'must not contain control characters');

const BasicAuth = z.strictObject({
  type: z.literal('basic'),
  // RFC 7617 ends the user name at the first colon.
  username: withoutControls(255).refine((name) => !name.includes(':'), 'must not contain a colon'),
  password: withoutControls(1024),
});

const ownHeader = {
  header: HeaderName,
  value: storedText(4096).regex(
    headerValue,
    'must be ASCII without control characters or spaces at its ends',
  ),
};

export const CallbackAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer'), token: BearerToken }),
  BasicAuth,
  z.strictObject({ type: z.literal('api_key'), ...ownHeader }),
  z.strictObject({
    type: z.literal('oauth2_client_credentials'),
    token_url: storedText(2048),
    client_id: withoutControls(255),
    client_secret: withoutControls(4096),
    // RFC 6749, appendix A.4: words of visible ASCII without quote and backslash.
    scope: storedText(1000)
      .regex(/^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'must be words with single spaces')
      .optional(),
  }),
]);
export type CallbackAuth = z.infer<typeof CallbackAuth>;

/** What a callback of Dispatch may show, in that system's words. */
export const DispatchCredentials = z.discriminatedUnion('type', [
  BasicAuth,
  z.strictObject({
    type: z.literal('bearer'),
    token: storedText(4096).regex(visibleAscii, 'must be visible ASCII without spaces'),
  }),
  z.strictObject({ type: z.literal('header'), ...ownHeader }),
]);
export type DispatchCredentials = z.infer<typeof DispatchCredentials>;

const authTypes = ['none', 'bearer', 'basic', 'api_key', 'oauth2_client_credentials'] as const;

/** The parts of a credential that are no secret. */
export const ShownAuth = z.object({
  type: z.enum(authTypes),
  username: z.string().optional(),
  header: z.string().optional(),
  token_url: z.string().optional(),
  client_id: z.string().optional(),
  scope: z.string().optional(),
});
export type ShownAuth = z.infer<typeof ShownAuth>;

/** PEM: the certificate, with those between it and its root, and its unencrypted key. */
export const ClientCertificate = z.strictObject({
  certificate: storedText(32_768),
  private_key: storedText(16_384),
});
export type ClientCertificate = z.infer<typeof ClientCertificate>;

export const ShownClientCertificate = z.object({ certificate: z.string(), valid_until: InstantOutput });
export type ShownClientCertificate = z.infer<typeof ShownClientCertificate>;

export const Signing = z.strictObject({ enabled: z.boolean() });

/** The answer to a rotation, the only one that shows the new secret. */
export const RotatedSigningSecret = z
  .object({ signing_secret: z.string(), previous_signs_until: InstantOutput })
  .meta({ id: 'RotatedSigningSecret' });
export type RotatedSigningSecret = z.infer<typeof RotatedSigningSecret>;
