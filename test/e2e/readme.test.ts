import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInstallation, type Installation } from '../support/installation.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/<!-- runnable -->\n```sh\n([\s\S]*?)```/g)].map(
  ([, block = '']) => block,
);

let ringback: Installation;

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
}, 120_000);

afterAll(() => ringback.remove(), 60_000);

test('the curls of the README work one after the other as they stand', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(5);

  const { status, stdout, stderr } = spawnSync('sh', ['-eu', '-c', blocks.join('\n')], {
    encoding: 'utf8',
    env: { ...process.env, RINGBACK: ringback.url, RINGBACK_HOME: ringback.home },
  });

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('"duplicate":false');
  expect(stdout).toContain('"has_bearer_token":true');
}, 60_000);
