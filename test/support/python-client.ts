import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../src/embedded/cache-folder.ts';

const requirements = fileURLToPath(new URL('../clients/requirements.txt', import.meta.url));
const script = fileURLToPath(new URL('../clients/python_client.py', import.meta.url));

/** Runs the script with the official client in a virtual environment of its own, which is made once and kept. */
export async function runPythonClient(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<unknown> {
  const python = join(virtualEnvironment(env), 'bin', 'python');
  const child = spawn(python, [script, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the Python client ended with ${String(code)}`);
  return JSON.parse(output);
}

function virtualEnvironment(env: NodeJS.ProcessEnv): string {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const folder = join(cacheFolder(env), `python-client-${digest}`);
  if (existsSync(folder)) return folder;
  // Moved into its place when it is whole: a venv that was broken off must not be taken for one.
  const unfinished = `${folder}.${process.pid}`;
  try {
    build(unfinished, env);
    renameSync(unfinished, folder);
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another run may have been first.
    if (!existsSync(folder)) throw cause;
  }
  return folder;
}

function build(folder: string, env: NodeJS.ProcessEnv): void {
  run('python3', ['-m', 'venv', '--copies', folder], env);
  // Archives of known digests only, as they are: nothing is built here. The client asks for docopt and never imports it,
  // and docopt comes as a source archive alone, so what depends on what is left to the list.
  const known = ['--require-hashes', '--only-binary', ':all:', '--no-deps'];
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...known];
  run(join(folder, 'bin', 'python'), [...install, '--requirement', requirements], env);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status, error, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(
    'The official Python client could not be prepared: install Python 3.10 or newer with its venv module (Debian: ' +
      `python3-venv), and let pip reach a package index. ${command} said: ${error?.message ?? stderr}`,
  );
}
