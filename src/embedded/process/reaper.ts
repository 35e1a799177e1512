import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { partSpawnOptions } from './spawn-process.ts';

const program = fileURLToPath(new URL('./reaper.mjs', import.meta.url));
const restartDelayMs = 500;

/** Ends the processes it was told of when this process is gone without having said goodbye. */
export type Reaper = {
  keep(pid: number, stopSignal: NodeJS.Signals): void;
  drop(pid: number): void;
  close(): void;
};

export function startReaper(): Reaper {
  const kept = new Map<number, NodeJS.Signals>();
  let isClosed = false;
  let child = launch();

  function launch(): ChildProcess {
    const launched = spawn(process.execPath, [program], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
      ...partSpawnOptions,
    });
    launched.on('error', () => undefined);
    launched.stdin.on('error', () => undefined);
    launched.once('close', () => {
      if (!isClosed) setTimeout(() => !isClosed && (child = launch()), restartDelayMs).unref();
    });
    for (const [pid, signal] of kept) launched.stdin.write(keepLine(pid, signal));
    return launched;
  }

  return {
    keep: (pid, stopSignal) => {
      kept.set(pid, stopSignal);
      child.stdin?.write(keepLine(pid, stopSignal));
    },
    drop: (pid) => {
      kept.delete(pid);
      child.stdin?.write(`drop ${pid}\n`);
    },
    close: () => {
      isClosed = true;
      child.stdin?.end();
    },
  };
}

function keepLine(pid: number, stopSignal: NodeJS.Signals): string {
  return `keep ${pid} ${stopSignal}\n`;
}
