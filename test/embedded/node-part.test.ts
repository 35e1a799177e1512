import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { nodeProcess } from '../../src/embedded/process/node-process.ts';
import { processIdentity } from '../../src/embedded/process/process-identity.ts';
import { createSupervisor } from '../../src/embedded/process/supervisor.ts';
import { eventually } from './eventually.ts';
import { recordingLog } from './recording-log.ts';
import { temporaryFolder } from './temporary-folder.ts';

const here = new URL('.', import.meta.url).href;
let folder = '';
let program = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  program = join(folder, 'app.mjs');
  await writeFile(
    program,
    `import { writeFileSync } from 'node:fs';
     process.once('disconnect', () => process.exit(0));
     process.once('SIGTERM', () => { writeFileSync(process.argv[2], 'stopped cleanly'); process.exit(0); });
     setTimeout(() => process.send({ ready: true }), 200);
     setInterval(() => 0, 1000);`,
  );
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('a Node part is ready when it says so, and one SIGTERM stops it', async () => {
  const supervisor = await createSupervisor(folder, recordingLog());
  const marker = join(folder, 'marker');
  const env = { PATH: process.env['PATH'] };
  const limits = { readyTimeoutMs: 10_000, stopTimeoutMs: 5_000 };
  const startedAt = Date.now();
  await supervisor.add(nodeProcess({ name: 'app', modulePath: program, args: [marker], env, ...limits }));
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(200);

  await supervisor.stop();

  expect(await readFile(marker, 'utf8')).toBe('stopped cleanly');
}, 20_000);

test('a Node part ends by itself when its supervisor is killed', async () => {
  const script = `
    import { nodeProcess } from '${here}../../src/embedded/process/node-process.ts';
    const limits = { readyTimeoutMs: 10_000, stopTimeoutMs: 5_000 };
    const part = nodeProcess({ name: 'app', modulePath: ${JSON.stringify(program)}, args: [], env: {}, ...limits });
    const started = await part.launch();
    await part.waitUntilReady(started, new AbortController().signal);
    console.log(started.pid);`;
  const supervisor = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(supervisor.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(processIdentity(pid)).not.toBeNull();

  supervisor.kill('SIGKILL');

  await eventually(() => processIdentity(pid) === null);
}, 20_000);
