// No request of any shape ends in a 500: good requests of every route, bent at any place, over sockets and PostgreSQL.
import fc from 'fast-check';
import { createDatabaseApp, type DatabaseApp } from '../support/database-app.ts';
import {
  bentHeaders,
  bentPath,
  bentQuery,
  bentText,
  bentValue,
  eachTextBent,
  type Bend,
} from '../support/bent.ts';
import { rawRequest, routeSamples, type Sample } from '../support/route-samples.ts';

let app: DatabaseApp;
let samples: Sample[];
beforeAll(async () => {
  app = await createDatabaseApp({ trustProxy: ['127.0.0.1'] });
  samples = await routeSamples(app);
}, 60_000);
afterAll(() => app.stop());

type Header = readonly [string, string];

function toRequest(sample: Sample, bend: Bend): Buffer {
  const query = new URLSearchParams(sample.query).toString();
  const [path, search] = [sample.path, query === '' ? '' : `?${query}`];
  const given = bend.body ? bend.body(sample.body) : sample.body;
  const text = given === undefined ? undefined : typeof given === 'string' ? given : JSON.stringify(given);
  const body = Buffer.isBuffer(given) ? given : text === undefined ? undefined : Buffer.from(text, 'utf8');
  const headers: Header[] = [
    ['host', `127.0.0.1:${app.port}`],
    ...(sample.as === null ? [] : [['authorization', sample.as] as const]),
    ...(body === undefined
      ? []
      : ([
          ['content-type', 'application/json'],
          ['content-length', String(body.length)],
        ] as const)),
    ['connection', 'close'],
  ];
  return rawRequest({
    method: bend.method ?? sample.method,
    target: (bend.path?.(path) ?? path) + (bend.query?.(search) ?? search),
    headers: bend.headers ? bend.headers(headers) : headers,
    ...(body && { body }),
  });
}

async function expectNoFault(sample: Sample, bend: Bend): Promise<void> {
  app.failures.length = 0;
  const request = toRequest(sample, bend);
  const answer = await app.exchange(request);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
  if (status < 500 && app.failures.length === 0) return;
  const shown = request.toString('utf8').slice(0, 1500);
  throw new Error(`${answer.slice(0, 500)}\n\n${shown}\n\n${JSON.stringify(app.failures).slice(0, 3000)}`);
}

// The samples are there when the first run asks for one.
const sampleAt = (place: number): Sample => samples[place % samples.length] as Sample;

it('has a good request of every operation of the OpenAPI document, and each is taken', async () => {
  const { paths } = (await app.call('GET', '/openapi.json', { as: null })).json<{
    paths: Record<string, object>;
  }>();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const known = new Set(samples.map(({ method, route }) => `${method} ${route}`));
  expect(operations.filter((operation) => !known.has(operation))).toEqual([]);
  const refused: string[] = [];
  for (const sample of samples) {
    // What comes from a provider is another's business.
    if (sample.route.startsWith('/v1/providers')) continue;
    const answer = await app.exchange(toRequest(sample, {}), 60_000);
    if (/^HTTP\/1.1 (?:400|415|5)/.test(answer)) refused.push(`${sample.method} ${sample.route} ${answer}`);
  }
  // The one with a certificate that is none.
  expect(refused).toEqual([expect.stringContaining('client_certificate')]);
}, 60_000);

describe('A request is refused as its sender’s fault', () => {
  const list = { method: 'GET', route: '/v2/notifications', path: '/v2/notifications' };
  const withHeader = (name: string, value: string): Bend => ({
    headers: (headers) => [...headers.filter(([own]) => own !== name), [name, value]],
  });
  it.each([
    ['a Host that is none', withHeader('host', '[')],
    ['a Host with spaces', withHeader('host', 'a b')],
    ['an empty Host, where the answer has URLs', withHeader('host', '')],
    ['a forwarded host that is none', withHeader('x-forwarded-host', 'example.com, [::1')],
    ['a forwarded scheme that is none', withHeader('x-forwarded-proto', 'ht tp')],
    ['a part of its path that is longer than any', { path: (path) => `${path}/${'x'.repeat(2001)}` }],
    ['a path that is badly encoded', { path: (path) => `${path}/%zz` }],
  ] as [string, Bend][])('for %s, in the words of either API', async (_what, bend) => {
    const { as } = samples.find(({ path }) => path === list.path) as Sample;
    const v2 = await app.exchange(toRequest({ ...list, as }, bend), 60_000);
    expect(v2).toMatch(/^HTTP\/1\.1 400 [\s\S]*"status_code":400/);
    // Under /v1 no answer has URLs of its own.
    if (v2.includes('Host header is missing')) return;
    const v1 = await app.exchange(toRequest({ ...list, path: '/v1/notifications', as }, bend), 60_000);
    expect(v1).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"INVALID_INPUT"/);
  });

  it('for a text that fits in characters but not, in bytes, where it is to be found again', async () => {
    const { as } = samples.find(({ path }) => path === list.path) as Sample;
    const register = (reference: string) =>
      app.call('POST', '/v1/notifications', {
        body: { to: 'a@example.com', notification_type: 'email', reference },
        ...(as !== null && { as }),
      });
    const refused = await register('漢'.repeat(1000));
    expect([refused.statusCode, refused.json()]).toMatchObject([400, { errors: [{ path: 'reference' }] }]);
    expect((await register('é'.repeat(1000))).statusCode).toBe(201);
  });

  it('and not for an offset that only PostgreSQL does not know, nor without a Host where no URL is answered', async () => {
    const id = '00000000-0000-7000-8000-000000000000';
    const cursor = encodeURIComponent(`2026-06-15T11:30:00+23:59_${id}`);
    expect((await app.call('GET', `/v1/notifications?cursor=${cursor}`)).statusCode).toBe(200);
    expect(await app.exchange(Buffer.from('GET /healthz HTTP/1.0\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('No request ends in a fault of ours', () => {
  it('whichever text of a body or a query is long, or means something to somebody', async () => {
    for (const sample of samples) {
      for (const bend of eachTextBent(sample)) await expectNoFault(sample, bend);
    }
  }, 180_000);

  it.each([
    ['a field of its body', fc.record({ body: bentValue }), 700],
    ['a body that is no JSON of its kind', fc.record({ body: bentText }), 200],
    ['its path', fc.record({ path: bentPath }), 300],
    ['its query', fc.record({ query: bentQuery }), 500],
    ['its headers', fc.record({ headers: bentHeaders }), 500],
    [
      'everything at once',
      fc.record(
        { body: bentValue, path: bentPath, query: bentQuery, headers: bentHeaders },
        { requiredKeys: [] },
      ),
      300,
    ],
  ] as [string, fc.Arbitrary<Bend>, number][])(
    'whatever is in %s',
    async (_what, bend, numRuns) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), bend, (place, how) => expectNoFault(sampleAt(place), how)),
        { numRuns },
      );
    },
    180_000,
  );

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'M-SEARCH', 'PURGE', 'get', 'CONNECT'])(
    'whatever the method: %s',
    async (method) => {
      for (const sample of samples) await expectNoFault(sample, { method });
    },
    60_000,
  );

  it.each([
    '*',
    '//',
    '//a.example/v2/notifications',
    'http://[/v2/notifications',
    'http://a.example/v1/services',
    '?',
    '/?',
    '/%',
    '/v2',
    '/v2/',
    '/v1//services',
    '/docs/static/%2e%2e%2fpackage.json',
    '/docs/static/..%5c..',
    '/docs/json',
    'a:b',
    '/\u00e9',
    '/v2/notifications?a=[&b=%5b',
    '#',
  ])('whatever the target: %s', async (target) => {
    for (const method of ['GET', 'POST', 'OPTIONS'])
      for (const as of [null, samples.find(({ path }) => path === '/v2/notifications')?.as ?? null])
        await expectNoFault({ method, route: target, path: target, as }, {});
  });

  it('nor where it speaks an older HTTP, sends half a head, or sends several requests at once', async () => {
    const one = 'GET /v2/notifications HTTP/1.1\r\nhost: a\r\n\r\n';
    for (const text of [
      'GET /v2/notifications HTTP/1.0\r\n\r\n',
      'GET /v1/services\r\n\r\n',
      'GET /v1/se',
      'PRI * HTTP/2.0\r\n\r\n',
      '\r\n\r\n',
      '\u0016\u0003\u0001',
      one.repeat(20),
      `${one}garbage`,
      'POST /v1/services HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      'GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    ]) {
      app.failures.length = 0;
      const answer = await app.exchange(Buffer.from(text, 'latin1'));
      expect([text.slice(0, 80), / 5\d\d /.test(answer.slice(0, 14)), app.failures]).toEqual([
        text.slice(0, 80),
        false,
        [],
      ]);
    }
  }, 60_000);
});
