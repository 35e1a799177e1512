import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

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
let asked: string[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
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

test('the release archive is unpacked when it has the SHA-256 that is pinned here, whatever its host says of it', async () => {
  const bytes = await releaseArchive();
  served = { [`/v${version}/checksums.txt`]: sums('0'.repeat(64)), [`/v${version}/${archive}`]: bytes };
  const into = join(folder, 'into');
  const log = recordingLog();
  const pins = { [archive]: sumOf(bytes) };

  await fetchTemporalRelease({ version, folder: into, log, baseUrl, pins, allowsUnpinned: false });

  expect((await readdir(into)).sort()).toEqual(['temporal-server', 'temporal-sql-tool']);
  expect(execFileSync(join(into, 'temporal-server')).toString()).toBe('temporal-server\n');
  expect(log.messages.join()).not.toContain('unpinned');
});

test('an archive that is not pinned is not even asked for', async () => {
  const bytes = await releaseArchive();
  served = { [`/v${version}/checksums.txt`]: sums(sumOf(bytes)), [`/v${version}/${archive}`]: bytes };
  const into = join(folder, 'into');

  const attempt = fetchTemporalRelease({
    ...{ version, folder: into, log: recordingLog(), baseUrl, pins: {}, allowsUnpinned: false },
  });

  await expect(attempt).rejects.toThrow(
    `no SHA-256 of ${archive} is pinned in this repository, so it is not downloaded: pin one`,
  );
  expect(asked).toEqual([]);
  expect(existsSync(into)).toBe(false);
});

test('an archive that is not pinned is taken where the operator asks for it, and the log says what that proves', async () => {
  const bytes = await releaseArchive();
  served = { [`/v${version}/checksums.txt`]: sums(sumOf(bytes)), [`/v${version}/${archive}`]: bytes };
  const into = join(folder, 'into');
  const log = recordingLog();

  await fetchTemporalRelease({ version, folder: into, log, baseUrl, pins: {}, allowsUnpinned: true });

  expect((await readdir(into)).sort()).toEqual(['temporal-server', 'temporal-sql-tool']);
  expect(log.messages.join()).toContain('shows that the transfer was whole, not whose programs they are');
});

test('an archive that was tampered with is refused and leaves nothing behind', async () => {
  const bytes = await releaseArchive();
  const tampered = Buffer.concat([bytes, Buffer.from('x')]);
  served = { [`/v${version}/checksums.txt`]: sums(sumOf(bytes)), [`/v${version}/${archive}`]: tampered };
  const into = join(folder, 'into');

  const log = recordingLog();
  const attempt = fetchTemporalRelease({
    version,
    folder: into,
    log,
    baseUrl,
    pins: {},
    allowsUnpinned: true,
  });

  await expect(attempt).rejects.toThrow(
    `${archive} has SHA-256 ${sumOf(tampered)}, its release says ${sumOf(bytes)}`,
  );
  expect(await readdir(into)).toEqual([]);
});

test('an archive that differs from the SHA-256 pinned here is refused, also where unpinned ones are taken', async () => {
  const bytes = await releaseArchive();
  served = { [`/v${version}/checksums.txt`]: sums(sumOf(bytes)), [`/v${version}/${archive}`]: bytes };
  const pins = { [archive]: 'f'.repeat(64) };

  const attempt = fetchTemporalRelease({
    version,
    folder: join(folder, 'into'),
    log: recordingLog(),
    baseUrl,
    pins,
    allowsUnpinned: true,
  });

  await expect(attempt).rejects.toThrow(`${archive} has SHA-256 ${sumOf(bytes)}, pinned here is ffff`);
});

test('without Go nothing is downloaded unasked, and one error names every way to get Temporal', async () => {
  const env = { PATH: join(folder, 'empty'), XDG_CACHE_HOME: folder, HOME: folder };
  const log = recordingLog();

  const attempt = temporalBinaries({ env, log, releasesUrl: baseUrl });

  await expect(attempt).rejects.toThrow(
    /TEMPORAL_ADDRESS.*Go 1\.21 or newer.*on PATH.*temporal-pins\.ts.*TEMPORAL_DOWNLOAD_UNPINNED=true.*github\.com/,
  );
  expect(asked).toEqual([]);
  expect(log.messages.join()).toMatch(/release is not downloaded: no SHA-256 of temporal_.* is pinned/);
});

test('asked for, the release is downloaded where there is no Go', async () => {
  const { server } = await temporalPins();
  const bytes = await releaseArchive();
  const name = archive.replace(version, server);
  served = {
    [`/v${server}/checksums.txt`]: sums(sumOf(bytes)).replaceAll(version, server),
    [`/v${server}/${name}`]: bytes,
  };
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const env = {
    PATH: bin,
    XDG_CACHE_HOME: join(folder, 'cache'),
    HOME: folder,
    TEMPORAL_DOWNLOAD_UNPINNED: 'true',
  };

  const binaries = await temporalBinaries({ env, log: recordingLog(), releasesUrl: baseUrl });

  expect(binaries.server).toBe(join(folder, 'cache', 'ringback', 'temporal', server, 'temporal-server'));
});

describe('programs in the cache', () => {
  async function cached(): Promise<{ env: Record<string, string>; file: string; cache: string }> {
    const { server } = await temporalPins();
    const cache = join(folder, 'ringback', 'temporal', server);
    await mkdir(cache, { recursive: true });
    for (const program of ['temporal-server', 'temporal-sql-tool'])
      await writeFile(join(cache, program), '#!/bin/sh\n', { mode: 0o755 });
    const env = { PATH: join(folder, 'empty'), XDG_CACHE_HOME: folder, HOME: folder };
    return { env, cache, file: join(cache, 'temporal-server') };
  }

  test('are used when nobody else can write to them', async () => {
    const { env, file } = await cached();
    expect(await temporalBinaries({ env, log: recordingLog() })).toMatchObject({ server: file });
  });

  test('are not run when others can write to them, or to a folder that they are in', async () => {
    const { env, file, cache } = await cached();
    for (const path of [file, cache, join(folder, 'ringback'), folder]) {
      const { mode } = await stat(path);
      await chmod(path, 0o777);
      await expect(temporalBinaries({ env, log: recordingLog() })).rejects.toThrow(
        `${file} is not run: ${path} can be written to by other accounts`,
      );
      await chmod(path, mode & 0o777);
    }
  });
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
