import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { createCall } from './call.ts';
import { until } from './until.ts';

const serve = fileURLToPath(new URL('../../dist/src/main/serve.js', import.meta.url));

/** One process of the production shape, from the build and without a supervisor. */
export async function startBuiltProcess(role: 'api' | 'worker', env: Record<string, string>) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [serve], {
    env: { PATH: process.env['PATH'], ROLE: role, PORT: String(port), LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await until(`the ${role} is ready`, async () => {
    if (child.exitCode !== null) throw new Error(`the ${role} ended with ${child.exitCode}: ${errors}`);
    return fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    call: createCall(url),
    async end(signal: NodeJS.Signals): Promise<number | null> {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}

export type BuiltProcess = Awaited<ReturnType<typeof startBuiltProcess>>;
