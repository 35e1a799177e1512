import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

import { asPartProcess, partSpawnOptions } from './spawn-process.ts';
import type { ManagedProcess } from './managed-process.ts';

export type NodePartOptions = {
  name: string;
  /** What Node runs: it sends `{ ready: true }` when it can be used, and ends when its channel is disconnected. */
  modulePath: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  readyTimeoutMs: number;
  stopTimeoutMs: number;
};

/** A part that is a Node program of ours: it says itself when it is ready, and prints where the supervisor prints. */
export function nodeProcess({
  name,
  modulePath,
  args,
  env,
  readyTimeoutMs,
  stopTimeoutMs,
}: NodePartOptions): ManagedProcess {
  let ready: Promise<void> = Promise.resolve();
  return {
    name,
    stopSignal: 'SIGTERM',
    stopTimeoutMs,
    readyTimeoutMs,
    launch: async () => {
      const child = fork(modulePath, args, {
        env,
        execArgv: [],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        ...partSpawnOptions,
      });
      // Listening starts here, because a message that comes before anyone listens is lost.
      ready = readyMessage(child);
      return await asPartProcess(child);
    },
    waitUntilReady: () => ready,
  };
}

function readyMessage(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && 'ready' in message && message.ready === true) resolve();
    });
  });
}
