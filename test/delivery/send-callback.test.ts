import { sendCallback } from '../../src/delivery/send-callback.ts';
import type { Exchange } from '../../src/domain/delivery/attempt.ts';
import { callbackAuthContext } from '../../src/domain/access/secret-contexts.ts';
import type { AccessTokenAnswer, AccessTokens, CallbackRequest } from '../../src/ports/index.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createFakeSecretBox } from '../support/fakes/secret-box.ts';

type Obtained = Parameters<AccessTokens['obtain']>;

const never = new AbortController().signal;
const oauth2 = {
  type: 'oauth2_client_credentials',
  token_url: 'https://tokens.example/',
  client_id: 'ringback',
  client_secret: 'the-client-secret',
};
const bearer = { type: 'bearer', token: 'the+bearer/token' };
const kept = (token: string): AccessTokenAnswer => ({ kind: 'token', token, isNew: false });
const fetched = (token: string): AccessTokenAnswer => ({ kind: 'token', token, isNew: true });

/** One attempt against a receiver that answers as given, in turn, and tokens that are given, in turn. */
async function attempt(auth: object, answers: Partial<Response>[], tokens: AccessTokenAnswer[] = []) {
  const secrets = createFakeSecretBox();
  const fake = createFakeDelivery([1], async () => 200);
  const job = await fake.ports.deliveries.load(fake.notificationId, 1);
  if (!job?.callback) throw new Error('there is no such status');
  const context = callbackAuthContext(job.serviceId, 'delivery_status');
  const callback = { ...job.callback, version: 7, sealedAuth: secrets.seal(JSON.stringify(auth), context) };
  const requests: CallbackRequest[] = [];
  const obtained: Obtained[] = [];
  const exchange = await sendCallback(
    {
      secrets,
      userAgent: 'ringback/test',
      publicUrl: 'https://ringback.example',
      onUnopenedCredentials: () => undefined,
      accessTokens: {
        async obtain(...asked) {
          obtained.push(asked);
          return tokens[obtained.length - 1] ?? fetched('unexpected');
        },
      },
      sender: {
        async send(request) {
          requests.push(request);
          return exchangeOf(answers[requests.length - 1] ?? {});
        },
      },
    },
    job,
    callback,
    never,
  );
  return {
    exchange,
    requests,
    obtained,
    callbackId: callback.id,
    sent: requests.map(({ headers }) => headers['authorization']),
  };
}

type Response = NonNullable<Exchange['response']>;

function exchangeOf(answer: Partial<Response>): Exchange {
  const response = { status: 200, headers: {}, body: new Uint8Array(), truncated: false, ...answer };
  return { startedAt: '2026-06-15T11:30:00.000000Z', durationMs: 1, failure: null, response };
}

const textOf = ({ response }: Exchange) => Buffer.from(response?.body ?? []).toString('utf8');

test('asks for the access token of the very version of the callback, and sends it', async () => {
  const { sent, obtained, exchange, callbackId } = await attempt(oauth2, [{}], [kept('token-1')]);
  expect(sent).toEqual(['Bearer token-1']);
  expect(obtained[0]?.slice(0, 2)).toEqual([{ callbackId, version: 7 }, oauth2]);
  expect(exchange.response?.status).toBe(200);
});

test('a 401 to a kept token is followed by one exchange with a new token, and by no third', async () => {
  const { sent, obtained, exchange, requests } = await attempt(
    oauth2,
    [{ status: 401 }, { status: 401 }],
    [kept('stale-token'), fetched('fresh-token')],
  );
  expect(sent).toEqual(['Bearer stale-token', 'Bearer fresh-token']);
  expect(obtained.map(([, , { rejected }]) => rejected)).toEqual([undefined, 'stale-token']);
  expect(exchange.response?.status).toBe(401);
  expect(requests[1]?.headers['ringback-attempt']).toBe(requests[0]?.headers['ringback-attempt']);
  // One deadline for the attempt as a whole.
  expect(requests[1]?.timeoutMs).toBeLessThanOrEqual(requests[0]?.timeoutMs ?? 0);
});

test.each([
  ['a 401 to a token that is new', 401, fetched('token-1')],
  ['a 403', 403, kept('token-1')],
  ['a 500', 500, kept('token-1')],
])('%s stands, and no other exchange is made', async (_what, status, token) => {
  const { requests, exchange } = await attempt(oauth2, [{ status }], [token]);
  expect(requests).toHaveLength(1);
  expect(exchange.response?.status).toBe(status);
});

test('a 401 with any other credential is not tried again within the attempt', async () => {
  expect((await attempt(bearer, [{ status: 401 }])).requests).toHaveLength(1);
});

test('without an access token the receiver is not asked, and the reason is kept', async () => {
  const failure = { outcome: 'connect_error', reason: 'No access token: …' } as const;
  const { requests, exchange } = await attempt(oauth2, [], [{ kind: 'failed', failure }]);
  expect(requests).toEqual([]);
  expect(exchange).toMatchObject({ failure, response: null });
});

test('when there is no new token after a 401, the 401 is what is kept', async () => {
  const failure = { outcome: 'timeout', reason: 'No access token' } as const;
  const { exchange } = await attempt(oauth2, [{ status: 401 }], [kept('stale'), { kind: 'failed', failure }]);
  expect(exchange).toMatchObject({ failure: null, response: { status: 401 } });
});

test('a receiver that echoes the request does not bring the credential into the history', async () => {
  const echo = `{"authorization":"Bearer ${bearer.token}","php":"${bearer.token.replace('/', '\\/')}","é":"\ud83d\ude00"}`;
  const { exchange } = await attempt(bearer, [
    { body: Buffer.from(echo), headers: { location: `/?t=${encodeURIComponent(bearer.token)}` } },
  ]);
  expect(textOf(exchange)).toBe('{"authorization":"Bearer [credential]","php":"[credential]","é":"😀"}');
  expect(exchange.response?.headers).toEqual({ location: '/?t=[credential]' });
});

test.each([
  ['a password', { type: 'basic', username: 'zoë', password: 'pässword' }, 'pässword'],
  [
    'what Basic makes of it',
    { type: 'basic', username: 'zoë', password: 'pässword' },
    Buffer.from('zoë:pässword').toString('base64'),
  ],
  ['an API key', { type: 'api_key', header: 'X-Key', value: 'key 1234' }, 'key 1234'],
  ['a client secret', oauth2, 'the-client-secret'],
  ['an access token', oauth2, 'access-token-1'],
])('%s is hidden as well', async (_what, auth, secret) => {
  const body = Buffer.from(`before ${secret} after`);
  const { exchange } = await attempt(auth, [{ body }], [fetched('access-token-1')]);
  expect(textOf(exchange)).toBe('before [credential] after');
});

test('bytes that are no text stay as they came', async () => {
  const body = Uint8Array.from([0xff, 0x00, 0xc3, 0x28, 0x0a]);
  const { exchange } = await attempt(bearer, [{ body }]);
  expect([...(exchange.response?.body ?? [])]).toEqual([...body]);
});
