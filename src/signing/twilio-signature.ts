import { createHash, createHmac } from 'node:crypto';
import { equalsInConstantTime } from './constant-time.ts';

/** A webhook as Twilio signs it: the URL it was told to call, and the form of a POST. */
export type SignedWebhook = { url: string; form: readonly (readonly [string, string])[]; body: Uint8Array };

/**
 * Whether a webhook is signed with this token: the URL, with the form's fields behind it or, for any other body, with the
 * body's digest in its query. The port may be left out or written, as Twilio does either.
 */
export function isSignedByTwilio(authToken: string, signature: string, webhook: SignedWebhook): boolean {
  const expectedDigest = digestInQuery(webhook.url);
  if (expectedDigest !== null && !equalsInConstantTime(expectedDigest, sha256(webhook.body))) return false;
  // A body that is neither a form nor bound by its digest is not what was signed.
  if (expectedDigest === null && webhook.form.length === 0 && webhook.body.length > 0) return false;
  const suffix = expectedDigest === null ? written(webhook.form) : '';
  // All of them, so that the time does not tell which it was.
  return variantsOf(webhook.url)
    .map((url) => equalsInConstantTime(signatureOf(authToken, url + suffix), signature))
    .includes(true);
}

function signatureOf(authToken: string, text: string): string {
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

function digestInQuery(url: string): string | null {
  return URL.canParse(url) ? new URL(url).searchParams.get('bodySHA256') : null;
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/** By name; of a name that comes several times each value once, in their order. */
function written(form: SignedWebhook['form']): string {
  const names = [...new Set(form.map(([name]) => name))].sort();
  return names
    .map((name) => {
      const values = [...new Set(form.filter(([own]) => own === name).map(([, value]) => value))].sort();
      return values.map((value) => name + value).join('');
    })
    .join('');
}

function variantsOf(url: string): string[] {
  const match = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(url);
  if (!match) return [url];
  const [, scheme = '', authority = '', rest = ''] = match;
  const bare = authority.replace(/:\d+$/, '');
  const port = scheme.toLowerCase() === 'https' ? 443 : 80;
  const withPort = authority === bare ? `${bare}:${port}` : authority;
  const ends = [rest, reencoded(rest)];
  return [
    ...new Set(ends.flatMap((end) => [authority, bare, withPort].map((host) => `${scheme}://${host}${end}`))),
  ];
}

/** With the query as it is when it was taken apart and put together again, which some of Twilio's signatures are over. */
function reencoded(rest: string): string {
  const start = rest.indexOf('?');
  if (start < 0) return rest;
  const pairs = [...new URLSearchParams(rest.slice(start + 1))];
  const query = pairs
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return `${rest.slice(0, start)}?${query}`;
}
