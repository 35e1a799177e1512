import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { rememberProcess } from '../../src/embedded/process/process-files.ts';
import { processIdentity } from '../../src/embedded/process/process-identity.ts';
import { createSupervisor } from '../../src/embedded/process/supervisor.ts';
import { eventually } from './eventually.ts';
import { recordingLog } from './recording-log.ts';
import { sleeperPart } from './sleeper-part.ts';
import { temporaryFolder } from './temporary-folder.ts';

const isGone = (pid: number): boolean => processIdentity(pid) === null;

let folder = '';
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('a part that is killed is started again, and the log says so', async () => {
  const log = recordingLog();
  const supervisor = await createSupervisor(folder, log);
  const part = sleeperPart('sleeper', folder);
  await supervisor.add(part);

  process.kill(part.pids[0] ?? 0, 'SIGKILL');
  await eventually(() => part.pids.length === 2 && supervisor.states()['sleeper'] === 'running');
  await supervisor.stop();

  expect(log.messages).toContain('sleeper ended unexpectedly (signal SIGKILL); starting it again in 0.2 s');
  expect(log.messages).toContain('sleeper is running again');
  expect(part.pids.map(isGone)).toEqual([true, true]);
});

test('stopping ends every part, the last one first, and leaves no pid file', async () => {
  const supervisor = await createSupervisor(folder, recordingLog());
  const first = sleeperPart('first', folder);
  const second = sleeperPart('second', folder);
  await supervisor.add(first);
  await supervisor.add(second);

  const firstLivesAfterSecond = eventually(() => isGone(second.pids[0] ?? 0)).then(
    () => !isGone(first.pids[0] ?? 0),
  );
  await sleep(100);
  await supervisor.stop();

  expect(await firstLivesAfterSecond).toBe(true);
  expect([...first.pids, ...second.pids].every(isGone)).toBe(true);
  expect((await readdir(folder)).filter((file) => file.endsWith('.pid'))).toEqual([]);
});

test('a part that does not listen to the stop signal is killed after its time limit', async () => {
  const log = recordingLog();
  const supervisor = await createSupervisor(folder, log);
  const part = sleeperPart('deaf', folder, "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000)");
  await supervisor.add(part);
  await sleep(300);

  await supervisor.stop();

  expect(part.pids.every(isGone)).toBe(true);
  expect(log.messages).toContain('deaf did not stop within 0.5 s and was killed');
});

test('a part that cannot be started at all is given up with the last words of its log', async () => {
  const supervisor = await createSupervisor(folder, recordingLog());
  const broken = sleeperPart('broken', folder, "console.log('the port is taken'); process.exit(3)");
  const part = { ...broken, waitUntilReady: () => new Promise<void>(() => undefined) };

  const failure: unknown = await supervisor.add(part).catch((error: unknown) => error);
  await supervisor.stop();

  expect(failure).toMatchObject({ message: 'broken could not be started' });
  expect(String((failure as Error).cause)).toMatch(/exit code 3.*the port is taken/);
});

test('when the supervisor is killed with SIGKILL, its parts end as well', async () => {
  const here = new URL('.', import.meta.url).href;
  const script = `
    import { createSupervisor } from '${here}../../src/embedded/process/supervisor.ts';
    import { recordingLog } from '${here}recording-log.ts';
    import { sleeperPart } from '${here}sleeper-part.ts';
    const folder = ${JSON.stringify(folder)};
    const supervisor = await createSupervisor(folder, recordingLog());
    const parts = [sleeperPart('one', folder), sleeperPart('two', folder)];
    for (const part of parts) await supervisor.add(part);
    console.log(JSON.stringify(parts.flatMap((part) => part.pids)));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(line.toString()) as number[];
  expect(pids.map(isGone)).toEqual([false, false]);

  child.kill('SIGKILL');

  await eventually(() => pids.every(isGone));
}, 20_000);

test('what an earlier start left running is ended, and an unrelated process with the same pid is not', async () => {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
  const leftover = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
  await Promise.all([once(stranger, 'spawn'), once(leftover, 'spawn')]);
  const pids = [leftover.pid ?? 0, stranger.pid ?? 0] as const;
  const identity = processIdentity(pids[0]) ?? '';
  await rememberProcess(folder, 'leftover', 'SIGTERM', { pid: pids[0], identity });
  await rememberProcess(folder, 'reused', 'SIGTERM', { pid: pids[1], identity: 'of another boot' });

  const supervisor = await createSupervisor(folder, recordingLog());
  await supervisor.stop();

  expect(pids.map(isGone)).toEqual([true, false]);
  stranger.kill();
});
