import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { temporaryFolder } from './temporary-folder.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const timeoutMs = 60_000;
let project = '';

// A project of one dependency, tsx, which is linked from here: `npm ci` needs no registry for it.
beforeEach(async () => {
  project = await temporaryFolder();
  await mkdir(join(project, 'src', 'main'), { recursive: true });
  await cp(join(root, 'src', 'main', 'run.mjs'), join(project, 'src', 'main', 'run.mjs'));
  const devDependencies = { tsx: `file:${join(root, 'node_modules', 'tsx')}` };
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ name: 'a', type: 'module', devDependencies }),
  );
  await execute('npm', ['install', '--package-lock-only', '--offline', '--install-links=false'], {
    cwd: project,
  });
});
afterEach(async () => {
  await rm(project, { recursive: true });
});

async function writeEntry(text: string): Promise<void> {
  await writeFile(join(project, 'src', 'main', 'entry.ts'), text);
}

const run = join('src', 'main', 'run.mjs');
const env = {
  ...process.env,
  NODE_ENV: 'production',
  npm_config_offline: 'true',
  npm_config_install_links: 'false',
};

test(
  'a fresh clone installs once, also when two start at once, and then runs the entry with its arguments',
  async () => {
    await writeEntry('const args: string[] = process.argv.slice(2); console.log(args.join("+"));');

    const both = await Promise.all(
      ['one', 'two'].map((name) =>
        execute(process.execPath, [run, 'entry', name, '--keep'], { cwd: project, env }),
      ),
    );

    expect(both.map(({ stdout }) => stdout)).toEqual(['one+--keep\n', 'two+--keep\n']);
    const said = both.map(({ stderr }) => stderr).join();
    expect(said.match(/Installed in/g)).toHaveLength(1);
    const again = await execute(process.execPath, [run, 'entry', 'three'], { cwd: project, env });
    expect(again.stderr).toBe('');
    expect((await stat(join(project, 'node_modules', '.ringback-installed'))).isFile()).toBe(true);
  },
  timeoutMs,
);

test(
  'exit code and signals are those of the entry',
  async () => {
    await writeEntry(`
    process.on('SIGTERM', () => process.exit(42));
    console.log('up');
    setInterval(() => 0, 1000);`);
    const child = spawn(process.execPath, [run, 'entry'], {
      cwd: project,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');

    child.kill('SIGTERM');

    expect(await once(child, 'exit')).toEqual([42, null]);
  },
  timeoutMs,
);

test(
  'an installation that fails is said in a sentence',
  async () => {
    const lockfile = join(project, 'package-lock.json');
    await writeFile(lockfile, (await readFile(lockfile, 'utf8')).replaceAll('tsx', 'no-such-package'));

    const attempt = execute(process.execPath, [run, 'entry'], { cwd: project, env });

    await expect(attempt).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/npm ci failed with exit code \d+: see above for why/) as string,
    });
  },
  timeoutMs,
);
