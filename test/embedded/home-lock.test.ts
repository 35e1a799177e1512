import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { withFileLock } from '../../src/embedded/process/file-lock.ts';
import { lockHome } from '../../src/embedded/process/home-lock.ts';
import { processIdentity } from '../../src/embedded/process/process-identity.ts';
import { temporaryFolder } from './temporary-folder.ts';

let home = '';
beforeEach(async () => {
  home = await temporaryFolder();
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

test('a second start in the same home is refused with the process that runs there', async () => {
  const lock = await lockHome(home);

  await expect(lockHome(home)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(`already running in ${home} (process ${process.pid})`) as string,
  });

  await lock.release();
  await (await lockHome(home)).release();
});

test('the lock of a process that is gone is taken over', async () => {
  const holder = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
  await once(holder, 'spawn');
  const record = { pid: holder.pid, identity: processIdentity(holder.pid ?? 0) };
  await mkdir(join(home, 'run'));
  await writeFile(join(home, 'run', 'lock'), JSON.stringify(record));
  const refused: unknown = await lockHome(home).catch((error: unknown) => error);

  holder.kill('SIGKILL');
  await once(holder, 'exit');

  expect(refused).toMatchObject({ code: 'CONFLICT' });
  await (await lockHome(home)).release();
});

test('two that want the same lock work one after the other, and the second says whom it waits for', async () => {
  const events: string[] = [];
  const path = join(home, 'lock');
  const work = (name: string) => async (): Promise<void> => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    events.push(`${name} ends`);
  };
  const first = withFileLock(path, () => undefined, work('first'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const second = withFileLock(path, (pid) => events.push(`waiting for ${pid}`), work('second'));

  await Promise.all([first, second]);

  expect(events).toEqual([
    'first begins',
    `waiting for ${process.pid}`,
    'first ends',
    'second begins',
    'second ends',
  ]);
});
