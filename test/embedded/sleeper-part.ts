import { join } from 'node:path';

import { spawnProcess } from '../../src/embedded/process/spawn-process.ts';
import type { ManagedProcess } from '../../src/embedded/process/managed-process.ts';

export type Sleeper = ManagedProcess & { pids: number[] };

/** A real process that does nothing but live; `script` may make it behave worse. */
export function sleeperPart(name: string, folder: string, script = 'setInterval(() => 0, 1000)'): Sleeper {
  const pids: number[] = [];
  return {
    name,
    pids,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 500,
    readyTimeoutMs: 5_000,
    logFile: join(folder, `${name}.log`),
    launch: async () => {
      const logFile = join(folder, `${name}.log`);
      const started = await spawnProcess({
        command: process.execPath,
        args: ['-e', script],
        cwd: '/',
        env: {},
        logFile,
      });
      pids.push(started.pid);
      return started;
    },
    waitUntilReady: () => Promise.resolve(),
  };
}
