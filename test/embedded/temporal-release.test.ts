import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { freePort } from '../../src/embedded/free-port.ts';
import { temporalBinaries } from '../../src/embedded/temporal-binaries.ts';
import { temporalPins } from '../../src/embedded/temporal-pins.ts';
import { fetchTemporalRelease } from '../../src/embedded/temporal-release.ts';
import { recordingLog } from './recording-log.ts';
import { temporaryFolder } from './temporary-folder.ts';

const version = '9.9.9';
const archive = `temporal_${version}_${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}.tar.gz`;

let folder = '';
let served: Record<string, Buffer | string> = {};
let server: Server;
let baseUrl = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  server = createServer((request, response) => {
    const content = served[request.url ?? ''];
    response.statusCode = content === undefined ? 404 : 200;
    response.end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

async function releaseArchive(): Promise<Buffer> {
  const contents = join(folder, 'contents');
  await mkdir(contents);
  for (const program of ['temporal-server', 'temporal-sql-tool', 'tdbg']) {
    await writeFile(join(contents, program), `#!/bin/sh\necho ${program}\n`);
    await chmod(join(contents, program), 0o755);
  }
  return execFileSync('tar', ['-cz', '-C', contents, 'temporal-server', 'temporal-sql-tool', 'tdbg'], {
    maxBuffer: 1e8,
  });
}

const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const sums = (sum: string): string =>
  `${'0'.repeat(64)}  temporal_${version}_plan9_mips.tar.gz\n${sum}  ${archive}\n`;

test('the release archive is unpacked when it has the SHA-256 of the checksums file', async () => {
  const bytes = await releaseArchive();
  served = { [`/v${version}/checksums.txt`]: sums(sumOf(bytes)), [`/v${version}/${archive}`]: bytes };
  const into = join(folder, 'into');

  await fetchTemporalRelease({
    version,
    folder: into,
    log: recordingLog(),
    baseUrl,
    pins: { [archive]: sumOf(bytes) },
  });

  expect((await readdir(into)).sort()).toEqual(['temporal-server', 'temporal-sql-tool']);
  expect(execFileSync(join(into, 'temporal-server')).toString()).toBe('temporal-server\n');
});

test('an archive that was tampered with is refused and leaves nothing behind', async () => {
  const bytes = await releaseArchive();
  const tampered = Buffer.concat([bytes, Buffer.from('x')]);
  served = { [`/v${version}/checksums.txt`]: sums(sumOf(bytes)), [`/v${version}/${archive}`]: tampered };
  const into = join(folder, 'into');

  const attempt = fetchTemporalRelease({ version, folder: into, log: recordingLog(), baseUrl });

  await expect(attempt).rejects.toThrow(
    `${archive} has SHA-256 ${sumOf(tampered)}, its release says ${sumOf(bytes)}`,
  );
  expect(await readdir(into)).toEqual([]);
});

test('a checksums file that differs from the SHA-256 pinned here is refused', async () => {
  const bytes = await releaseArchive();
  served = { [`/v${version}/checksums.txt`]: sums(sumOf(bytes)), [`/v${version}/${archive}`]: bytes };
  const pins = { [archive]: 'f'.repeat(64) };

  const attempt = fetchTemporalRelease({
    version,
    folder: join(folder, 'into'),
    log: recordingLog(),
    baseUrl,
    pins,
  });

  await expect(attempt).rejects.toThrow('differs from the SHA-256 pinned here');
});

test('without Go and without a network one error names the three ways to get Temporal', async () => {
  const env = { PATH: join(folder, 'empty'), XDG_CACHE_HOME: folder, HOME: folder };
  const releasesUrl = `http://127.0.0.1:${await freePort()}`;

  const attempt = temporalBinaries({ env, log: recordingLog(), releasesUrl });

  await expect(attempt).rejects.toThrow(
    /TEMPORAL_ADDRESS.*release v[\d.]+ from github\.com.*Go 1\.21 or newer/,
  );
});

test('programs on PATH are used as they are, and a missing UI server is said and not an error', async () => {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const program of ['temporal-server', 'temporal-sql-tool']) {
    await writeFile(join(bin, program), '#!/bin/sh\n', { mode: 0o755 });
  }
  const log = recordingLog();

  const binaries = await temporalBinaries({ env: { PATH: bin, XDG_CACHE_HOME: folder, HOME: folder }, log });

  expect(binaries).toEqual({
    server: join(bin, 'temporal-server'),
    sqlTool: join(bin, 'temporal-sql-tool'),
    uiServer: null,
  });
  expect(log.messages.join()).toContain('run its image temporalio/ui:');
});

test('the versions are the ones that go.mod pins', async () => {
  const goMod = await readFile(new URL('../../src/embedded/temporal/go.mod', import.meta.url), 'utf8');
  const pins = await temporalPins();

  expect(goMod).toContain(`go.temporal.io/server v${pins.server}`);
  expect(goMod).toContain(`github.com/temporalio/ui-server/v2 v${pins.ui}`);
});
