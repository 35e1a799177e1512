import { randomBytes } from 'node:crypto';

/** Standard Webhooks: `whsec_` and the base64 of 24 to 64 random bytes. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
