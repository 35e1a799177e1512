import { join } from 'node:path';

import { cacheFolder } from './cache-folder.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import { errorText } from './error-text.ts';
import { withFileLock } from './file-lock.ts';
import { findExecutable, pathFolders } from './find-executable.ts';
import { refuseForeignProgram } from './private-files.ts';
import { buildTemporalProgram, findGo } from './temporal-build.ts';
import type { TemporalProgram } from './temporal-build.ts';
import { temporalPins } from './temporal-pins.ts';
import type { ArchivePins, TemporalPins } from './temporal-pins.ts';
import { fetchTemporalRelease } from './temporal-release.ts';

/** Paths of the programs; without Go the UI server may be missing. */
export type TemporalBinaries = { server: string; sqlTool: string; uiServer: string | null };

export type TemporalBinariesOptions = {
  /** PATH, the cache folder's variables, TEMPORAL_DOWNLOAD_UNPINNED, and what Go reads. */
  env: NodeJS.ProcessEnv;
  log: EmbeddedLog;
  releasesUrl?: string | undefined;
  archivePins?: ArchivePins | undefined;
};

/** Finds Temporal's programs on PATH or in the per-user cache, else fetches the release, else builds them with Go. */
export async function temporalBinaries(options: TemporalBinariesOptions): Promise<TemporalBinaries> {
  const { env, log } = options;
  const pins = await temporalPins();
  const cache = join(cacheFolder(env), 'temporal');
  const found = await findBinaries(env, cache, pins);
  if (found.server !== null && found.sqlTool !== null && found.uiServer !== null)
    return await trusted(complete(found), cache);
  const sayWho = (pid: number): void =>
    log.info({ pid }, `process ${pid} is already getting Temporal for this user; waiting for it`);
  const got = await withFileLock(join(cache, 'lock'), sayWho, () => getMissing(options, cache, pins));
  return await trusted(got, cache);
}

/** What is on PATH is the operator's choice; what is in the cache must be ours. */
async function trusted(binaries: TemporalBinaries, cache: string): Promise<TemporalBinaries> {
  for (const file of Object.values(binaries)) if (file?.startsWith(cache)) await refuseForeignProgram(file);
  return binaries;
}

type FoundBinaries = { [Name in keyof TemporalBinaries]: string | null };

async function findBinaries(
  env: NodeJS.ProcessEnv,
  cache: string,
  pins: TemporalPins,
): Promise<FoundBinaries> {
  const serverFolders = [...pathFolders(env), join(cache, pins.server)];
  const uiFolders = [...pathFolders(env), join(cache, `ui-${pins.ui}`)];
  const pair = await findPair(serverFolders);
  const uiServer = await findExecutable('temporal-ui-server', uiFolders);
  return { server: pair?.server ?? null, sqlTool: pair?.sqlTool ?? null, uiServer };
}

// A server and a schema tool of different versions would not fit together.
async function findPair(folders: readonly string[]): Promise<{ server: string; sqlTool: string } | null> {
  for (const folder of folders) {
    const server = await findExecutable('temporal-server', [folder]);
    const sqlTool = await findExecutable('temporal-sql-tool', [folder]);
    if (server !== null && sqlTool !== null) return { server, sqlTool };
  }
  return null;
}

async function getMissing(
  { env, log, releasesUrl, archivePins }: TemporalBinariesOptions,
  cache: string,
  pins: TemporalPins,
): Promise<TemporalBinaries> {
  const folder = join(cache, pins.server);
  const uiFolder = join(cache, `ui-${pins.ui}`);
  const before = await findBinaries(env, cache, pins);
  const go = await findGo(env);
  const build = (program: TemporalProgram, into: string): Promise<void> =>
    go === null ? Promise.resolve() : buildTemporalProgram(go, program, into, env, log);

  if (before.server === null || before.sqlTool === null) {
    const allowsUnpinned = env['TEMPORAL_DOWNLOAD_UNPINNED'] === 'true';
    const source = { baseUrl: releasesUrl, pins: archivePins, allowsUnpinned };
    const release = { version: pins.server, folder, log, ...source };
    const refusal = await fetchTemporalRelease(release).then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal !== null) {
      log.warn({}, `Temporal's release is not downloaded: ${errorText(refusal)}`);
      if (go === null) throw nothingLeft(pins, refusal);
      await build('temporal-server', folder);
      await build('temporal-sql-tool', folder);
    }
  }
  if (before.uiServer === null) await buildUi(build('temporal-ui-server', uiFolder), log);

  const after = await findBinaries(env, cache, pins);
  if (after.uiServer === null) {
    log.info({}, `Temporal's Web UI is left out: install Go, or run its image temporalio/ui:${pins.ui}`);
  }
  return complete(after);
}

// The UI is a convenience: Ringback runs without it.
async function buildUi(build: Promise<void>, log: EmbeddedLog): Promise<void> {
  await build.catch((error: unknown) =>
    log.warn({}, `Temporal's Web UI cannot be built: ${errorText(error)}`),
  );
}

function complete({ server, sqlTool, uiServer }: FoundBinaries): TemporalBinaries {
  if (server === null || sqlTool === null) throw new Error("Temporal's programs were got and are not there.");
  return { server, sqlTool, uiServer };
}

function nothingLeft(pins: TemporalPins, cause: unknown): Error {
  return new Error(
    `There is no Temporal server to run. Any one of these will do: set TEMPORAL_ADDRESS to a running Temporal; ` +
      `install Go 1.21 or newer, with which Ringback builds it; put temporal-server and temporal-sql-tool of ` +
      `v${pins.server} on PATH; pin the SHA-256 of its release archive in src/embedded/temporal-pins.ts; or set ` +
      `TEMPORAL_DOWNLOAD_UNPINNED=true to take from github.com whatever it serves as release v${pins.server}.`,
    { cause },
  );
}
