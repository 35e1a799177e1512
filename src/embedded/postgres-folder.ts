import { randomUUID } from 'node:crypto';
import { chown, lstat, mkdir, realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { recordOwner, removeAbandonedFolders } from './abandoned-folders.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import { hasErrorCode } from './error-text.ts';
import type { Account } from './postgres-account.ts';
import { canReach } from './postgres-account.ts';

const systemFolder = '/var/lib/ringback';

/**
 * The real path of `RINGBACK_HOME/postgres`, owned by the account that PostgreSQL runs as. Where that account cannot
 * reach the home, the folder lies under /var/lib/ringback and the home holds a symlink to it.
 */
export async function postgresFolder(
  home: string,
  account: Account | undefined,
  log: EmbeddedLog,
): Promise<string> {
  const path = join(home, 'postgres');
  const removed = await removeAbandonedFolders(systemFolder);
  if (removed.length > 0) log.info({ folders: removed }, 'removed data of homes that were deleted');
  if (!(await exists(path))) await createFolder(home, path, account, log);
  const folder = await realpath(path);
  if (account !== undefined && !(await canReach(account, folder))) {
    throw new Error(
      `The account ${account.name}, which PostgreSQL runs as because it refuses root, cannot reach ${folder}. ` +
        'Make the folders above it passable (chmod o+x), or start Ringback as the user who owns the home.',
    );
  }
  return folder;
}

async function createFolder(
  home: string,
  path: string,
  account: Account | undefined,
  log: EmbeddedLog,
): Promise<void> {
  if (account === undefined || (await canReach(account, home))) {
    await createOwned(path, account);
    return;
  }
  const elsewhere = join(systemFolder, randomUUID());
  await mkdir(systemFolder, { recursive: true, mode: 0o755 });
  await createOwned(elsewhere, account);
  await recordOwner(elsewhere, home);
  await symlink(elsewhere, path);
  log.info(
    { folder: elsewhere },
    `the account ${account.name}, which PostgreSQL runs as, cannot reach the home: its data is kept in ${elsewhere}`,
  );
}

async function createOwned(path: string, account: Account | undefined): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
