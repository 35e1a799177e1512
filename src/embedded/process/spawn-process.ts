import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';

export type ProcessExit = { code: number | null; signal: NodeJS.Signals | null };

/** A child that is supervised; `exited` never rejects. */
export type RunningProcess = { pid: number; exited: Promise<ProcessExit> };

export type ProcessCommand = {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** What the child prints goes to the end of this file. */
  logFile: string;
  account?: { uid: number; gid: number } | undefined;
};

/** Starts a part that prints into its log file. Rejects when the command cannot be run at all. */
export async function spawnProcess({
  command,
  args,
  cwd,
  env,
  logFile,
  account,
}: ProcessCommand): Promise<RunningProcess> {
  const output = await open(logFile, 'a', 0o600);
  try {
    const options: SpawnOptions = {
      cwd,
      env,
      stdio: ['ignore', output.fd, output.fd],
      ...partSpawnOptions,
      ...account,
    };
    return await asPartProcess(spawn(command, args, options));
  } finally {
    await output.close();
  }
}

// Each part leads a process group of its own: a signal to the whole group (Ctrl-C, npm) would otherwise
// stop PostgreSQL before the application has recorded what it is doing.
export const partSpawnOptions = { detached: true } as const;

/** Resolves when the child has really been started. */
export async function asPartProcess(child: ChildProcess): Promise<RunningProcess> {
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error(`${child.spawnfile} did not start.`);
  return { pid: child.pid, exited };
}

export function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}
