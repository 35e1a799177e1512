import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { createCall } from './call.ts';
import { pause } from './until.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readyTimeoutMs = 60_000;

/** A whole Ringback behind `npm start`, in a home of its own that `restart` finds again. */
export async function createInstallation(env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'ringback-e2e-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let npm: ChildProcess | undefined;
  let output = '';

  const call = createCall(url);

  const untilReady = async (): Promise<void> => {
    for (const until = Date.now() + readyTimeoutMs; Date.now() < until;) {
      if (npm?.exitCode !== null) throw new Error(`npm start ended with ${npm?.exitCode}:\n${output}`);
      if (
        await fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
      await pause(100);
    }
    throw new Error(`Ringback was not ready within ${readyTimeoutMs / 1000} s:\n${output}`);
  };

  return {
    home,
    url,
    call,
    untilReady,
    output: () => output,
    adminToken: async () => (await readFile(join(home, 'admin-token'), 'utf8')).trim(),

    async start(): Promise<void> {
      output = '';
      npm = spawn('npm', ['start', '--silent'], {
        cwd: root,
        env: {
          ...process.env,
          RINGBACK_HOME: home,
          PORT: String(port),
          EGRESS_ALLOW: '127.0.0.0/8',
          EGRESS_ALLOW_HTTP: 'true',
          LOG_LEVEL: 'info',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      for (const stream of [npm.stdout, npm.stderr])
        stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await untilReady();
    },

    /** The pid of a supervised part, as the installation itself remembers it. */
    async pidOf(part: 'postgres' | 'temporal' | 'temporal-ui' | 'app'): Promise<number> {
      const files = await readdir(join(home, 'run'));
      const file = files.find((name) => name.startsWith(`${part}.`));
      if (!file) throw new Error(`${part} is not among ${files.join(', ')}`);
      return (JSON.parse(await readFile(join(home, 'run', file), 'utf8')) as { pid: number }).pid;
    },

    async pids(): Promise<number[]> {
      const files = (await readdir(join(home, 'run'))).filter((name) => name.endsWith('.pid'));
      const texts = await Promise.all(files.map((name) => readFile(join(home, 'run', name), 'utf8')));
      return texts.map((text) => (JSON.parse(text) as { pid: number }).pid);
    },

    /** The supervisor's own pid: the node process below npm. */
    async supervisorPid(): Promise<number> {
      const lock = await readFile(join(home, 'run', 'lock'), 'utf8');
      return (JSON.parse(lock) as { pid: number }).pid;
    },

    /** As a service manager stops it: one SIGTERM to npm, then waiting for its end. */
    async stop(): Promise<void> {
      if (!npm || npm.exitCode !== null || npm.signalCode !== null) return;
      const exited = once(npm, 'exit');
      npm.kill('SIGTERM');
      await exited;
    },

    async remove(): Promise<void> {
      await this.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export type Installation = Awaited<ReturnType<typeof createInstallation>>;
