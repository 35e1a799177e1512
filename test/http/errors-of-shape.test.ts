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
  if (process.env['COLLECT']) {
    const first = app.failures[0] as
      { route?: string; error?: { message?: string; code?: string } } | undefined;
    const key = `${status} ${sample.method} ${sample.route} ${first?.error?.code ?? ''} ${(first?.error?.message ?? JSON.stringify(first) ?? answer).slice(0, 150)}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return;
  }
  const shown = request.toString('utf8').slice(0, 1500);
  throw new Error(`${answer.slice(0, 500)}\n\n${shown}\n\n${JSON.stringify(app.failures).slice(0, 3000)}`);
}

const seen = new Map<string, number>();
afterAll(() => console.log([...seen].map(([k, n]) => `${n} ${k}`).join('\n')));
const anySample = fc.nat().map((index) => samples[index % samples.length] as Sample);
const runs = (numRuns: number) => ({
  numRuns: numRuns * Number(process.env['TIMES'] ?? 1),
  endOnFailure: false,
});

it('has a good request of every operation of the OpenAPI document, and each is taken', async () => {
  const { paths } = (await app.call('GET', '/openapi.json', { as: null })).json<{
    paths: Record<string, object>;
  }>();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const known = new Set(samples.map(({ method, route }) => `${method} ${route}`));
  expect(operations.filter((operation) => !known.has(operation))).toEqual([]);
  const statuses: string[] = [];
  for (const sample of samples) {
    const answer = await app.exchange(toRequest(sample, {}));
    const status = Number(answer.slice(9, 12));
    if (sample.route.startsWith('/v1/providers')) continue;
    if (status >= 500 || [400, 415].includes(status))
      statuses.push(`${sample.method} ${sample.route} ${answer.slice(0, 12)} ${answer.slice(-300)}`);
  }
  // The one with a certificate that is none.
  expect(statuses).toEqual([expect.stringContaining('client_certificate')]);
}, 60_000);

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
        fc.asyncProperty(anySample, bend, (sample, how) => expectNoFault(sample, how)),
        runs(numRuns),
      );
    },
    900_000,
  );

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'M-SEARCH', 'PURGE', 'get', 'CONNECT'])(
    'whatever the method: %s',
    async (method) => {
      for (const sample of samples) await expectNoFault(sample, { method });
    },
    60_000,
  );
});
