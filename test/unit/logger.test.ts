import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../src/telemetry/logger.ts', import.meta.url));

/** What a logger really writes to standard output, for each of `details` and by what `ending` does with `log`. */
async function logged(details: object[], ending = ''): Promise<string> {
  const script = `
    import { createLogger } from ${JSON.stringify(source)};
    const log = createLogger('info', 'test');
    for (const each of ${JSON.stringify(details)}) log.info(each, 'said');
    ${ending}`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}

test('cuts secrets and recipients out of a line, wherever they stand, and keeps the rest', async () => {
  const names = ['to', 'recipient', 'token', 'bearer_token', 'key', 'body', 'password', 'authorization'];
  const details = names.flatMap((name) => [
    { [name]: 's3cret', kept: 'kept' },
    { inner: { [name]: 's3cret' }, kept: 'kept' },
    { outer: { inner: { [name]: 's3cret' } }, kept: 'kept' },
  ]);
  const headers = { authorization: 's3cret', cookie: 's3cret', 'x-api-key': 's3cret' };

  const text = await logged([...details, { req: { headers }, kept: 'kept' }]);

  expect(text).not.toContain('s3cret');
  expect(text.match(/"kept":"kept"/g)).toHaveLength(details.length + 1);
});

/** As drivers and clients make them: with all that they know of the exchange. */
const anError = `Object.assign(new Error('broke', { cause: Object.assign(new Error('inner'), { parameters: ['s3cret'] }) }), {
  code: '23505', constraint: 'one_key', detail: 'Key (to)=(s3cret)', where: 's3cret', parameters: ['s3cret'],
  rejected: ['s3cret@example.com'], response: '550 s3cret', request: { url: 'https://example.com/?token=s3cret' },
  config: { headers: { 'x-own': 's3cret' } }, details: { deep: { deeper: 's3cret' } } })`;

test.each([
  ['as `err`', 'log.error({ err: error }, "failed")'],
  ['as `error`, as Temporal’s SDK gives it', 'log.error({ error }, "failed")'],
  ['alone', 'log.error(error)'],
  ['as the cause of another', 'log.error({ err: new Error("outer", { cause: error }) }, "failed")'],
  ['among others', 'log.error({ err: new AggregateError([error], "all") }, "failed")'],
  ['by a child', 'log.child({ a: 1 }).warn({ err: error }, "failed")'],
  ['under any other name', 'log.warn({ reason: error }, "failed")'],
])(
  'writes of an error, %s, its words, its code and its cause, and nothing else that it holds',
  async (_how, ending) => {
    const text = await logged([], `const error = ${anError};\n${ending};`);

    expect(text).not.toContain('s3cret');
    expect(text).toContain('"message":"broke"');
    expect(text).toContain('"code":"23505"');
    expect(text).toContain('"constraint":"one_key"');
    expect(text).toContain('"message":"inner"');
  },
);

test('does not write what a parser of JSON quotes', async () => {
  const text = await logged(
    [],
    'try { JSON.parse("s3cret"); } catch (err) { log.error({ err }, "failed"); }',
  );

  expect(text).toContain('SyntaxError');
  expect(text).not.toContain('s3c');
});
