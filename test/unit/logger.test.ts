import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../src/telemetry/logger.ts', import.meta.url));

/** What a logger really writes to standard output, for each of `details`. */
async function logged(...details: object[]): Promise<string> {
  const script = `
    import { createLogger } from ${JSON.stringify(source)};
    const log = createLogger('info', 'test');
    for (const each of ${JSON.stringify(details)}) log.info(each, 'said');
    log.error({ err: Object.assign(new Error('broke'), { detail: 'Failing row contains (s3cret).' }) }, 'failed');`;
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

  const text = await logged(...details, { req: { headers }, kept: 'kept' });

  expect(text).not.toContain('s3cret');
  expect(text.match(/"kept":"kept"/g)).toHaveLength(details.length + 1);
  expect(text).toContain('"message":"broke"');
});
