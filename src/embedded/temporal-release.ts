import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import type { EmbeddedLog } from './embedded-log.ts';
import { archivePins } from './temporal-pins.ts';
import type { ArchivePins } from './temporal-pins.ts';

const execute = promisify(execFile);
const stallTimeoutMs = 10_000;
const progressEveryMs = 3_000;
const programs = ['temporal-server', 'temporal-sql-tool'];

export type ReleaseOptions = {
  version: string;
  /** Where the programs are put, as `temporal-server` and `temporal-sql-tool`. */
  folder: string;
  log: EmbeddedLog;
  baseUrl?: string | undefined;
  pins?: ArchivePins | undefined;
  /** Takes an archive that is not pinned, and holds it only to the checksums from its own host. */
  allowsUnpinned: boolean;
};

const officialReleases = 'https://github.com/temporalio/temporal/releases/download';

/** Fetches Temporal's official release, checks it, and unpacks its programs. Rejects without leaving anything behind. */
export async function fetchTemporalRelease(options: ReleaseOptions): Promise<void> {
  const { version, folder, log, baseUrl = officialReleases, pins = archivePins } = options;
  const archive = archiveName(version);
  const pin = pins[archive];
  if (pin === undefined && !options.allowsUnpinned) {
    throw new Error(
      `no SHA-256 of ${archive} is pinned in this repository, so it is not downloaded: pin one that you have verified ` +
        '(src/embedded/temporal-pins.ts), or set TEMPORAL_DOWNLOAD_UNPINNED=true to take whatever is served.',
    );
  }
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const workFolder = await mkdtemp(join(folder, 'release-'));
  try {
    const url = `${baseUrl}/v${version}`;
    const expected = pin ?? (await publishedSum(`${url}/checksums.txt`, archive));
    const file = join(workFolder, archive);
    const found = await download(`${url}/${archive}`, file, log);
    if (found !== expected) throw new Error(mismatch(archive, found, expected, pin !== undefined));
    if (pin === undefined) {
      log.warn(
        { archive, sha256: found },
        'Temporal was downloaded unpinned, because TEMPORAL_DOWNLOAD_UNPINNED is true: its checksum came from the same ' +
          'host and shows that the transfer was whole, not whose programs they are',
      );
    }
    await execute('tar', ['-xzf', file, '-C', workFolder, ...programs]);
    for (const program of programs) {
      await chmod(join(workFolder, program), 0o755);
      await rename(join(workFolder, program), join(folder, program));
    }
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

function mismatch(archive: string, found: string, expected: string, isPinned: boolean): string {
  return `${archive} has SHA-256 ${found}, ${isPinned ? 'pinned here is' : 'its release says'} ${expected}.`;
}

function archiveName(version: string): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  return `temporal_${version}_${process.platform}_${arch}.tar.gz`;
}

async function publishedSum(url: string, archive: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(stallTimeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const line = (await response.text()).split('\n').find((candidate) => candidate.trim().endsWith(archive));
  const sum = line?.trim().split(/\s+/)[0];
  if (sum === undefined || !/^[0-9a-f]{64}$/.test(sum))
    throw new Error(`${url} has no SHA-256 of ${archive}.`);
  return sum;
}

/** Resolves to the SHA-256 of what was written to `file`; gives up when nothing comes for a while. */
async function download(url: string, file: string, log: EmbeddedLog): Promise<string> {
  const patience = new AbortController();
  let stall = setTimeout(() => patience.abort(), stallTimeoutMs);
  let bytes = 0;
  const progress = setInterval(
    () => log.info({ bytes }, `fetching Temporal: ${Math.round(bytes / 1_000_000)} MB`),
    progressEveryMs,
  );
  const hash = createHash('sha256');
  try {
    const response = await fetch(url, { signal: patience.signal });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}.`);
    async function* watched(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
      for await (const chunk of chunks) {
        clearTimeout(stall);
        stall = setTimeout(() => patience.abort(), stallTimeoutMs);
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    await pipeline(Readable.fromWeb(response.body), watched, createWriteStream(file), {
      signal: patience.signal,
    });
    return hash.digest('hex');
  } finally {
    clearTimeout(stall);
    clearInterval(progress);
  }
}
