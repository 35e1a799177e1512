// Standard Webhooks 1.0, the symmetric scheme `v1`: HMAC-SHA256 over `<id>.<timestamp>.<body>`.
import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** The value of `webhook-signature`: one signature for each secret, so that a receiver may know any of them. */
export function signWebhook(
  secrets: readonly string[],
  { id, timestampSeconds, body }: { id: string; timestampSeconds: number; body: Uint8Array },
): string {
  return secrets
    .map((secret) => {
      const hmac = createHmac('sha256', toKey(secret));
      // The body goes in as bytes: as text, whatever is not UTF-8 would be signed as something else.
      hmac.update(`${id}.${timestampSeconds}.`).update(body);
      return `v1,${hmac.digest('base64')}`;
    })
    .join(' ');
}

function toKey(secret: string): Buffer {
  const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64');
  // Anyone could sign with an empty key.
  if (key.length === 0) throw new Error('a signing secret is empty');
  return key;
}
