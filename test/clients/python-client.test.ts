// What the virtual environment of the Python client leaves behind when it cannot be made.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPythonClient } from '../support/python-client.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ringback-python-'));
});
afterEach(() => rm(home, { recursive: true }));

/** A `python3` that writes into the folder of the environment before it ends as told. */
async function pretendPython(ending: string): Promise<NodeJS.ProcessEnv> {
  const bin = join(home, 'bin');
  await mkdir(bin);
  const script = `#!/bin/sh\nmkdir -p "$4/bin"\n${ending}\n`;
  await writeFile(join(bin, 'python3'), script, { mode: 0o755 });
  return { PATH: `${bin}:${String(process.env['PATH'])}`, XDG_CACHE_HOME: join(home, 'cache') };
}

test.each([
  ['the venv module is broken off', 'echo "no venv" >&2; exit 1', 'no venv'],
  [
    'pip reaches no package index',
    String.raw`printf '#!/bin/sh\necho "no index" >&2; exit 1\n' >"$4/bin/python"; chmod +x "$4/bin/python"`,
    'no index',
  ],
])('When %s, the cache is left without a half-made environment', async (_what, ending, said) => {
  const env = await pretendPython(ending);
  await expect(runPythonClient([], env)).rejects.toThrow(said);
  expect(await readdir(join(home, 'cache', 'ringback'))).toEqual([]);
});
