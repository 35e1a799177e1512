import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { equalsInConstantTime } from './constant-time.ts';

/** A webhook as Twilio signs it: the URL it was told to call, and the form of a POST. */
export type SignedWebhook = { url: string; form: readonly (readonly [string, string])[]; body: Uint8Array };

/** What is signed of a webhook behind its host; made once, however many tokens it is tried with. */
export type TwilioContent = {
  /** The path and query, as they came and as Twilio may have written them. */
  rests: readonly string[];
  /** The form, by name; of a name that comes several times each value once, in their order. */
  form: readonly (readonly [string, string])[];
  suffix: string;
  /** The body is bound by its digest in the query, and not as a form. */
  isBodyDigested: boolean;
};

const urlPattern = /^(https?:\/\/[^/?#]*)(.*)$/is;

/** Null for what Twilio cannot have signed: a body that is neither a form nor bound by its digest. */
export function twilioContentOf({ url, form, body }: SignedWebhook): TwilioContent | null {
  const rest = urlPattern.exec(url)?.[2];
  if (rest === undefined) return null;
  const query = rest.includes('?') ? rest.slice(rest.indexOf('?') + 1) : '';
  const parameters = new URLSearchParams(query);
  const expectedDigest = parameters.get('bodySHA256');
  const rests = [...new Set([rest, reencoded(rest, parameters)])];
  if (expectedDigest !== null)
    return equalsInConstantTime(expectedDigest, createHash('sha256').update(body).digest('hex'))
      ? { rests, form: [], suffix: '', isBodyDigested: true }
      : null;
  if (form.length === 0 && body.length > 0) return null;
  const written = inOrder(form);
  const suffix = written.map(([name, value]) => name + value).join('');
  return { rests, form: written, suffix, isBodyDigested: false };
}

/**
 * The very text that was signed with this token, with the port left out or written, as Twilio does either; null where
 * none was. One signature has one such text.
 */
export function textSignedByTwilio(
  authToken: string,
  signature: string,
  origin: string,
  { rests, suffix }: TwilioContent,
): string | null {
  const given = Buffer.from(signature, 'base64');
  // eslint-disable-next-line no-restricted-syntax -- how it is written, compared with itself
  if (given.length !== 20 || given.toString('base64') !== signature) return null;
  // All of them, so that the time does not tell which it was.
  const signed = originsOf(origin)
    .flatMap((own) => rests.map((rest) => own + rest))
    .filter((url) =>
      timingSafeEqual(createHmac('sha1', authToken).update(url).update(suffix).digest(), given),
    );
  return signed[0] === undefined ? null : signed[0] + suffix;
}

/** Whether a webhook is signed with this token. */
export function isSignedByTwilio(authToken: string, signature: string, webhook: SignedWebhook): boolean {
  const content = twilioContentOf(webhook);
  const origin = urlPattern.exec(webhook.url)?.[1] ?? '';
  return content !== null && textSignedByTwilio(authToken, signature, origin, content) !== null;
}

function inOrder(form: SignedWebhook['form']): [string, string][] {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of form) {
    const own = values.get(name) ?? new Set();
    values.set(name, own.add(value));
  }
  return [...values.keys()]
    .sort()
    .flatMap((name) => [...(values.get(name) ?? [])].sort().map((value): [string, string] => [name, value]));
}

function originsOf(origin: string): string[] {
  const [scheme = '', authority = ''] = origin.split('://');
  const bare = authority.replace(/:\d+$/, '');
  const port = scheme.toLowerCase() === 'https' ? 443 : 80;
  const withPort = authority === bare ? `${bare}:${port}` : authority;
  return [...new Set([authority, bare, withPort])].map((host) => `${scheme}://${host}`);
}

/** With the query as it is when it was taken apart and put together again, which some of Twilio's signatures are over. */
function reencoded(rest: string, parameters: URLSearchParams): string {
  if (!rest.includes('?')) return rest;
  const query = [...parameters]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return `${rest.slice(0, rest.indexOf('?'))}?${query}`;
}
