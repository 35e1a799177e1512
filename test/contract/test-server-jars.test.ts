// Temporal's test server is made of jars that Maven brings: only those whose digests are held here are run.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareTimeSkippingServer } from '../support/time-skipping-server.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-jars-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a jar that is not the one whose digest is held here is refused, and nothing of it is kept', async () => {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'java'), '#!/bin/sh\n', { mode: 0o755 });
  const maven =
    '#!/bin/sh\n[ "$1" = -v ] || { mkdir lib; echo other >lib/temporal-test-server-1.38.0.jar; }\n';
  await writeFile(join(bin, 'mvn'), maven, { mode: 0o755 });
  const lines: string[] = [];

  const env = { PATH: `${bin}:/bin:/usr/bin`, XDG_CACHE_HOME: folder, HOME: folder };
  const executable = await prepareTimeSkippingServer((line) => lines.push(line), env);

  expect(executable).toBeUndefined();
  expect(lines.join()).toContain('temporal-test-server.sha256: temporal-test-server-1.38.0.jar');
  expect(await readdir(join(folder, 'ringback', 'temporal-test-server'))).toEqual([]);
});
