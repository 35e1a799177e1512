import { lstat, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Written beside a data folder that lies outside its home: which home, and the file system that it was on. */
type Owner = { home: string; device: number };

const ownerSuffix = '.home.json';

export async function recordOwner(folder: string, home: string): Promise<void> {
  const owner: Owner = { home, device: (await stat(home)).dev };
  await writeFile(`${folder}${ownerSuffix}`, JSON.stringify(owner), { mode: 0o600 });
}

/**
 * Removes data folders in `systemFolder` whose home was deleted, and returns their paths. A home on a file system that is
 * not mounted is not deleted, and a folder with a running server is left alone.
 */
export async function removeAbandonedFolders(systemFolder: string): Promise<string[]> {
  const names = await readdir(systemFolder).catch(() => []);
  const removed: string[] = [];
  for (const name of names.filter((each) => each.endsWith(ownerSuffix))) {
    const ownerFile = join(systemFolder, name);
    const folder = join(systemFolder, basename(name, ownerSuffix));
    if (!(await isAbandoned(folder, ownerFile))) continue;
    await rm(folder, { recursive: true, force: true });
    await rm(ownerFile, { force: true });
    removed.push(folder);
  }
  return removed;
}

async function isAbandoned(folder: string, ownerFile: string): Promise<boolean> {
  const { home, device } = JSON.parse(await readFile(ownerFile, 'utf8')) as Owner;
  if (await isRunning(folder)) return false;
  if ((await realpath(join(home, 'postgres')).catch(() => null)) === folder) return false;
  const homeExists = await lstat(home).then(
    () => true,
    () => false,
  );
  if (homeExists) return true;
  const parent = await stat(dirname(home)).catch(() => null);
  // The folder above a mount point stays when the disk is away, but is then on another device.
  return parent !== null && parent.dev === device;
}

/** A server writes its pid on the first line of this file and removes it at its end. */
async function isRunning(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(text?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
