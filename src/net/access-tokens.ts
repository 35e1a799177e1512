// OAuth 2.0 client credentials (RFC 6749 §4.4). The token endpoint is a customer's URL like any other, so it is asked
// through the same guarded sender as callbacks are.
import type { CallbackResponse, Exchange } from '../domain/attempt.ts';
import type { AccessTokenAnswer, AccessTokens, CallbackSender, OAuth2Credential } from '../ports/index.ts';

type Fetched = { token: string; goodUntilMs: number } | NonNullable<Exchange['failure']>;
type Entry = { pending: Promise<Fetched>; fetched: Fetched | null };

const maxFetchTimeoutMs = 30_000;
/** Of an attempt's patience, what its token may take: whose failure it is has to be known before the attempt ends. */
const shareOfPatience = 0.8;
/** RFC 6749 leaves it to the server's documentation when `expires_in` is missing. */
const defaultLifetimeSeconds = 300;
const maxLifetimeSeconds = 86_400;
const maxEntries = 10_000;
const never = new AbortController().signal;

/** Tokens live here and nowhere else; all who need one at the same moment share one request. */
export function createAccessTokens({
  sender,
  now = Date.now,
}: {
  sender: CallbackSender;
  now?: () => number;
}): AccessTokens {
  const entries = new Map<string, Entry>();

  const isGood = (entry: Entry, rejected?: string): boolean => {
    if (!entry.fetched) return true;
    // eslint-disable-next-line no-restricted-syntax -- both are ours: nobody shows us one
    return 'token' in entry.fetched && entry.fetched.goodUntilMs > now() && entry.fetched.token !== rejected;
  };

  const startFetching = (
    key: string,
    owner: string,
    credential: OAuth2Credential,
    timeoutMs: number,
  ): Entry => {
    const request = { owner, timeoutMs: Math.min(maxFetchTimeoutMs, Math.ceil(shareOfPatience * timeoutMs)) };
    const entry: Entry = { fetched: null, pending: fetchToken(sender, credential, request, now) };
    void entry.pending.then((fetched) => {
      entry.fetched = fetched;
    });
    entries.set(key, entry);
    // The oldest entry goes first: a version that was replaced is asked for no more.
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    return entry;
  };

  return {
    async obtain({ callbackId, version }, credential, { signal, timeoutMs, rejected }) {
      const key = `${callbackId}/${version}`;
      const known = entries.get(key);
      const entry =
        known && isGood(known, rejected) ? known : startFetching(key, callbackId, credential, timeoutMs);
      const isNew = entry.fetched === null;
      const fetched = entry.fetched ?? (await patiently(entry.pending, signal, timeoutMs));
      return 'token' in fetched
        ? { kind: 'token', token: fetched.token, isNew }
        : ({ kind: 'failed', failure: fetched } satisfies AccessTokenAnswer);
    },
  };
}

/** Each caller waits as long as it can; the request itself goes on for the others. */
function patiently(pending: Promise<Fetched>, signal: AbortSignal, timeoutMs: number): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const end = (fetched: Fetched): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(fetched);
    };
    const stop = (): void => end({ outcome: 'cancelled', reason: 'Ringback stopped during this attempt.' });
    const timer = setTimeout(
      () => end({ outcome: 'timeout', reason: `No access token within ${timeoutMs / 1000} seconds.` }),
      timeoutMs,
    );
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    pending.then(end, reject);
  });
}

async function fetchToken(
  sender: CallbackSender,
  { token_url, client_id, client_secret, scope }: OAuth2Credential,
  { owner, timeoutMs }: { owner: string; timeoutMs: number },
  now: () => number,
): Promise<Fetched> {
  const askedAtMs = now();
  // RFC 6749 §2.3.1: every server takes Basic, with both parts form-encoded first.
  const basic = Buffer.from(`${formEncoded(client_id)}:${formEncoded(client_secret)}`).toString('base64');
  const { failure, response } = await sender.send(
    {
      owner,
      method: 'POST',
      url: token_url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        authorization: `Basic ${basic}`,
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(scope !== undefined && { scope }),
      }).toString(),
      timeoutMs,
    },
    never,
  );
  if (failure) return { outcome: failure.outcome, reason: `No access token. ${failure.reason}` };
  return readToken(response, askedAtMs);
}

function readToken(response: CallbackResponse | null, askedAtMs: number): Fetched {
  const answer = parseObject(response);
  if (response?.status !== 200) {
    // RFC 6749 §5.2: a closed set of words. Anything else could be an echo of the secret.
    const error = answer['error'];
    const word = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '';
    return noToken(`the token endpoint answered ${response?.status ?? 'nothing'}${word}`);
  }
  const { access_token: token, token_type: type, expires_in: expiresIn } = answer;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    return noToken("the token endpoint's answer holds none");
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer')
    return noToken("the token endpoint's answer holds none of the type Bearer");
  const lifetimeMs = 1000 * lifetimeSeconds(expiresIn);
  // A token that ends on its way is refused, so it is renewed a little before.
  return { token, goodUntilMs: askedAtMs + lifetimeMs - Math.min(30_000, lifetimeMs / 10) };
}

function lifetimeSeconds(expiresIn: unknown): number {
  const seconds = Number(expiresIn ?? defaultLifetimeSeconds);
  return seconds >= 0 ? Math.min(seconds, maxLifetimeSeconds) : defaultLifetimeSeconds;
}

/** The receiver itself was not reached, which none of the other outcomes says. */
function noToken(what: string): NonNullable<Exchange['failure']> {
  return { outcome: 'connect_error', reason: `No access token: ${what}.` };
}

function parseObject(response: CallbackResponse | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(response?.body ?? []).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Not JSON: the caller says so by the status, or by the token that is missing.
    return {};
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
