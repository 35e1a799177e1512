import { createAccessTokens } from '../../src/net/access-tokens.ts';
import type { Exchange } from '../../src/domain/delivery/attempt.ts';
import type { CallbackRequest } from '../../src/ports/index.ts';

const credential = {
  type: 'oauth2_client_credentials',
  token_url: 'https://tokens.example/token',
  client_id: 'id: ü',
  client_secret: 'top secret+',
  scope: 'a b',
} as const;
const owner = { callbackId: 'c', version: 1 };
const limits = { signal: new AbortController().signal, timeoutMs: 1_000 };

type Answer = { status?: number; body?: unknown; failure?: NonNullable<Exchange['failure']> };

/** A token endpoint that answers as told, with token-1, token-2 … unless told otherwise, and a clock that is set. */
function setUp(answer: (count: number) => Answer | Promise<Answer> = () => ({})) {
  const requests: CallbackRequest[] = [];
  const clock = { nowMs: 1_000_000 };
  const accessTokens = createAccessTokens({
    now: () => clock.nowMs,
    sender: {
      async send(request) {
        requests.push(request);
        const granted = { access_token: `token-${requests.length}`, token_type: 'bearer', expires_in: 600 };
        const { status = 200, body = granted, failure = null } = await answer(requests.length);
        const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
        const response = { status, headers: {}, body: bytes, truncated: false };
        return { startedAt: '', durationMs: 1, failure, response: failure ? null : response };
      },
    },
  });
  return { accessTokens, requests, clock };
}

test('asks as RFC 6749 says, with both parts of the credential form-encoded', async () => {
  const { accessTokens, requests } = setUp();
  expect(await accessTokens.obtain(owner, credential, limits)).toEqual({
    kind: 'token',
    token: 'token-1',
    isNew: true,
  });
  expect(requests[0]).toMatchObject({
    url: 'https://tokens.example/token',
    body: 'grant_type=client_credentials&scope=a+b',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('id%3A+%C3%BC:top+secret%2B').toString('base64')}`,
    },
  });
});

test('keeps a token until shortly before its end, then fetches another', async () => {
  const { accessTokens, clock, requests } = setUp();
  const next = () => accessTokens.obtain(owner, credential, limits);
  await next();
  clock.nowMs += 569_000;
  expect(await next()).toEqual({ kind: 'token', token: 'token-1', isNew: false });
  clock.nowMs += 1_000;
  expect(await next()).toEqual({ kind: 'token', token: 'token-2', isNew: true });
  expect(requests).toHaveLength(2);
});

test('another version or another callback has a token of its own', async () => {
  const { accessTokens } = setUp();
  const owners = [owner, { ...owner, version: 2 }, { ...owner, callbackId: 'd' }];
  const answers = await Promise.all(owners.map((each) => accessTokens.obtain(each, credential, limits)));
  expect(new Set(answers.map((answer) => 'token' in answer && answer.token)).size).toBe(3);
});

test('all who need a token at the same moment share one request', async () => {
  const { accessTokens, requests } = setUp();
  const many = Array.from({ length: 50 }, () => accessTokens.obtain(owner, credential, limits));
  await Promise.all(many);
  expect(requests).toHaveLength(1);
});

test('a token that many saw rejected is renewed once for all of them', async () => {
  const { accessTokens, requests } = setUp();
  await accessTokens.obtain(owner, credential, limits);
  const renew = () => accessTokens.obtain(owner, credential, { ...limits, rejected: 'token-1' });
  await Promise.all([renew(), renew(), renew()]);
  expect(await renew()).toEqual({ kind: 'token', token: 'token-2', isNew: false });
  expect(requests).toHaveLength(2);
});

test.each<[string, Answer, string]>([
  ['a refusal', { status: 401, body: { error: 'invalid_client' } }, 'answered 401 (invalid_client).'],
  ['a refusal that echoes the secret', { status: 400, body: { error: 'top secret+' } }, 'answered 400.'],
  ['no JSON', { body: '<html>' }, "'s answer holds none."],
  ['a token that no header can carry', { body: { access_token: 'a\r\nb' } }, "'s answer holds none."],
  [
    'another type of token',
    { body: { access_token: 'abc', token_type: 'mac' } },
    "'s answer holds none of the type Bearer.",
  ],
])('%s is no token, and the reason holds no secret', async (_what, answer, reason) => {
  const { accessTokens } = setUp(() => answer);
  const result = await accessTokens.obtain(owner, credential, limits);
  const end = reason.startsWith("'") ? reason : ` ${reason}`;
  expect(result).toEqual({
    kind: 'failed',
    failure: { outcome: 'connect_error', reason: `No access token: the token endpoint${end}` },
  });
});

test('a token endpoint that is refused or unreachable is told in the words of the sender, and asked again next time', async () => {
  const failure = { outcome: 'refused', reason: 'Refused: it is private.' } as const;
  const { accessTokens } = setUp((count) => (count === 1 ? { failure } : {}));
  expect(await accessTokens.obtain(owner, credential, limits)).toEqual({
    kind: 'failed',
    failure: { outcome: 'refused', reason: 'No access token. Refused: it is private.' },
  });
  expect(await accessTokens.obtain(owner, credential, limits)).toMatchObject({ kind: 'token' });
});

test('each caller waits as long as it can, while the request goes on for the others', async () => {
  let grant: (answer: Answer) => void = () => undefined;
  const { accessTokens, requests } = setUp(() => new Promise<Answer>((resolve) => (grant = resolve)));
  const stop = new AbortController();
  const hurried = accessTokens.obtain(owner, credential, { ...limits, timeoutMs: 20 });
  const stopped = accessTokens.obtain(owner, credential, { ...limits, signal: stop.signal });
  const patient = accessTokens.obtain(owner, credential, limits);
  stop.abort();
  expect(await stopped).toMatchObject({ kind: 'failed', failure: { outcome: 'cancelled' } });
  expect(await hurried).toMatchObject({ kind: 'failed', failure: { outcome: 'timeout' } });
  grant({});
  expect(await patient).toMatchObject({ kind: 'token', token: 'token-1' });
  expect(requests).toHaveLength(1);
});
