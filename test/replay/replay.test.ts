import { readdirSync, readFileSync } from 'node:fs';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { testBundle } from '../support/test-bundle.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const folder = new URL('./histories/', import.meta.url);
const names = readdirSync(folder);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

async function replay(history: string): Promise<void> {
  const workflowBundle = testBundle();
  await Worker.runReplayHistory({ workflowBundle }, historyFromJSON(JSON.parse(history)));
}

test.each(names)(
  'today’s workflow replays %s as it was recorded',
  async (name) => {
    await expect(replay(read(name))).resolves.toBeUndefined();
  },
  60_000,
);

test('a history that today’s workflow would not have made is refused', async () => {
  const changed = read('delivered-on-the-third-try.json').replaceAll('retryCallback', 'anotherActivity');

  await expect(replay(changed)).rejects.toThrow(/nondeterminism|determinism/i);
}, 60_000);

test.each(names)('%s holds no recipient, no address of the receiver and no body', (name) => {
  const payloads = [...read(name).matchAll(/"data": "([^"]*)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );

  const everything = [read(name), ...payloads].join('\n');

  expect(payloads.length).toBeGreaterThan(0);
  for (const secret of ['07700900123', 'receiver.example', 'notification_type', 'created_at'])
    expect(everything).not.toContain(secret);
});
