// The commands of the README and of the API guide, as they stand.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/embedded/free-port.ts';
import { createInstallation, type Installation } from '../support/installation.ts';
import { until } from '../support/until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const blocksOf = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/<!-- runnable -->\n```sh\n([\s\S]*?)```/g)].map(
    ([, block = '']) => block,
  );

let ringback: Installation;

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
}, 120_000);

afterAll(() => ringback.remove(), 60_000);

const run = (page: string, env: Record<string, string> = {}) =>
  spawnSync('sh', ['-eu', '-c', blocksOf(page).join('\n')], {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, RINGBACK: ringback.url, RINGBACK_HOME: ringback.home, ...env },
  });

test('the README leads from a new service to a callback that its receiver has verified', async () => {
  const port = String(await freePort());
  const secretFile = join(ringback.home, 'webhook-secret');
  const receiver = spawn('node', ['docs/examples/receiver.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: port, WEBHOOK_SECRET_FILE: secretFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = outputOf(receiver);
  try {
    const { status, stderr, stdout } = run('README.md', {
      RECEIVER: `http://127.0.0.1:${port}/callbacks`,
      WEBHOOK_SECRET_FILE: secretFile,
    });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('"duplicate":false');
    await until('the receiver has printed the callback', () => printed().includes('"status": "delivered"'));
    expect(printed()).toContain('verified: sequence 1: ');
  } finally {
    receiver.kill();
  }
}, 60_000);

test('the commands of the API guide work one after the other as they stand', () => {
  expect(blocksOf('docs/api-guide.md').length).toBeGreaterThanOrEqual(15);

  const { status, stdout, stderr } = run('docs/api-guide.md');

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('"duplicate":false');
  expect(stdout).toContain('"has_bearer_token":true');
}, 60_000);

function outputOf(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}
