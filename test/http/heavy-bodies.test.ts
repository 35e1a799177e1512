// Bodies of some megabytes: who may send them is asked before they are read, and how many there are before what they are.
import { connect, type Socket } from 'node:net';
import { aMember } from '../support/dispatch-app.ts';
import { createDatabaseApp, type DatabaseApp } from '../support/database-app.ts';
import { rawRequest, routeSamples, type Sample } from '../support/route-samples.ts';

let app: DatabaseApp;
let samples: Sample[];
beforeAll(async () => {
  app = await createDatabaseApp();
  samples = await routeSamples(app);
}, 60_000);
afterAll(() => app.stop(), 60_000);

const sampleOf = (route: string): Sample => samples.find((sample) => sample.route === route) as Sample;
const batches = '/v1/communications/{id}/batches';
const letters = '/v1/letters/returned';
const ofNotify = (): string => sampleOf(letters).as ?? '';

/** The head of a request with a large body, of which nothing follows. */
const headOf = (sample: Sample, path = sample.path, as = sample.as ?? ''): Buffer =>
  rawRequest({
    method: 'POST',
    target: path,
    headers: [
      ['host', 'localhost'],
      ['authorization', as],
      ['content-type', 'application/json'],
      ['content-length', '8000000'],
    ],
  });

const post = async (route: string, body: unknown) => {
  const { path, as } = sampleOf(route);
  const answer = await app.call('POST', path, { body, as: as ?? '' });
  return { status: answer.statusCode, ...answer.json<{ detail: string; errors?: { path: string }[] }>() };
};

describe('Before a byte of its body is read', () => {
  it.each([
    ['an unknown caller', () => headOf(sampleOf(batches), undefined, 'Bearer nobody'), 401],
    ["another service's key", () => headOf(sampleOf(batches), undefined, ofNotify()), 404],
    [
      'a parent that does not exist',
      () => headOf(sampleOf(batches), '/v1/communications/00000000-0000-7000-8000-000000000000/batches'),
      404,
    ],
    ["a batch of another's", () => headOf(sampleOf('/v1/batches/{id}/members'), undefined, ofNotify()), 404],
    ['an id that is none', () => headOf(sampleOf(batches), '/v1/communications/mine/batches'), 400],
    [
      'a Dispatch service on /v2',
      () => headOf(sampleOf('/v2/notifications/letter'), undefined, sampleOf(batches).as ?? ''),
      403,
    ],
  ])('%s is refused', async (_what, request, status) => {
    expect((await app.exchange(request())).slice(9, 12)).toBe(String(status));
  });
});

describe('A list of thousands', () => {
  it('is refused for its number before any item is looked at', async () => {
    const refused = await post(letters, { references: Array.from({ length: 100_001 }, () => 0) });
    expect(refused).toMatchObject({ status: 400, errors: [{ path: 'references' }] });
    expect(refused.errors).toHaveLength(1);
  });

  it('is looked through until 50 faults are found', async () => {
    const members = Array.from({ length: 20_000 }, (_, index) =>
      index === 3 ? aMember() : { destinations: 1 },
    );
    const refused = await post(batches, { members });
    expect(refused.errors?.map(({ path }) => path)).toEqual([
      ...[0, 1, 2].map((index) => `members.${index}.destinations`),
      ...Array.from({ length: 47 }, (_, index) => `members.${index + 4}.destinations`),
    ]);
  });

  it.each([
    ['{"references":["a"],"references":["b"]}', 'references'],
    ['{"references":["a"],"other":[[1]]}', 'other'],
    ['{"references":"a"}', 'references'],
    ['{"references":[]}', 'references'],
    ['{}', 'references'],
    ['[]', 'body'],
    ['"a"', 'body'],
    ['{"references":["a",{"b":[1,"]"]}]}', 'references.1'],
    ['{"refer\\u0065nces":["a",""]}', 'references.1'],
  ])('%s is refused, and the place named', async (body, path) => {
    expect(await post(letters, body)).toMatchObject({ status: 400, errors: [{ path }] });
  });

  it.each([
    ...[
      '{',
      '{"references"',
      '{"references":',
      '{"references":[',
      '{"references":["a"',
      '{"references":["a"]',
    ],
    ...[
      '{"references":["a",]}',
      '{"references":["a" "b"]}',
      '{"references":[,]}',
      '{"references":["a"]}}',
      '{,}',
    ],
    ...[
      '{"references":[{]}',
      '{"references":["a"],}',
      '{"references":["a]}',
      '{references:[]}',
      '{"references":[tru]}',
    ],
    ...[
      '{"references":["a"]}x',
      '{"references":["a"}',
      '{"x":{"__proto__":1},"references":[]}',
      '{"x":}',
      '',
      '\u00ff{}',
    ],
  ])('%s is no JSON that is taken', async (body) => {
    const refused = await post(letters, body);
    expect(refused).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/^The request body is /) as string,
    });
    expect(refused).not.toHaveProperty('errors');
  });

  it('may be written with spaces, escapes and quotes in any place', async () => {
    const body = ' {\n\t"references" : [ "a-\\u006cetter" , "\\\\", "\\"]}" ,"é😀" ] } ';
    expect(await post(letters, body)).toMatchObject({
      status: 200,
      matched: 1,
      unmatched: ['\\', '"]}', 'é😀'],
    });
  });
});

describe('Large requests at the same time', () => {
  const open: Socket[] = [];
  const send = (request: Buffer): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(app.port, '127.0.0.1', () => socket.write(request));
      open.push(socket);
      socket.once('data', (data) => resolve(data.toString('latin1')));
    });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });

  it('are taken from one caller a few at a time; beyond, it is asked to come again, and others are served', async () => {
    const before = app.failures.length;
    const refused: string[] = [];
    for (let count = 0; count < 3; count += 1)
      void send(headOf(sampleOf(letters))).then((answer) => refused.push(answer));
    while (refused.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(refused).toEqual([expect.stringMatching(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r/)]);
    expect(app.failures).toHaveLength(before);
    expect((await post(batches, { members: [aMember()] })).status).toBe(201);
    // What was begun and never sent gives its place back.
    for (const socket of open.splice(0)) socket.destroy();
    let status = 503;
    while (status === 503) ({ status } = await post(letters, { references: ['a-letter'] }));
    expect(status).toBe(200);
  });
});
