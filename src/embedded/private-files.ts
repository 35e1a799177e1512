// What only this account may read, and only this account may have written.
import { mkdir, open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

type Found = { uid: number; gid: number; mode: number };
export type Identity = { uid: number; gid: number };

function ownIdentity(): Identity {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

/** Why a folder is no place to keep secrets in, as the end of a sentence; null when it is one. */
export function folderObjection({ uid, gid, mode }: Found, own: Identity): string | null {
  if (uid !== own.uid && uid !== 0) return 'belongs to another account: give Ringback a folder of its own';
  // A group that is the account's own, as most systems make one for each, has no other members.
  const isWritable = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== own.gid);
  return isWritable ? 'can be written to by other accounts: chmod go-w it' : null;
}

/** Why a file is not taken for a secret, as the end of a sentence; null when it may be. */
export function fileObjection({ uid, mode }: Found, own: Identity): string | null {
  if (uid !== own.uid && uid !== 0) return 'belongs to another account: remove it, and another is made';
  return (mode & 0o077) === 0
    ? null
    : 'is open to other accounts: chmod 600 it, and replace what it holds if they may have read it';
}

/** Makes the home for its owner alone; as root also passable, for the account that PostgreSQL runs under. */
export async function makeHome(home: string): Promise<void> {
  const own = ownIdentity();
  await mkdir(home, { recursive: true, mode: own.uid === 0 ? 0o711 : 0o700 });
  const objection = folderObjection(await stat(home), own);
  if (objection !== null) throw new Error(`${home} ${objection}.`);
}

/** The text of a file that nobody else could read or write; ENOENT when there is none. */
export async function readPrivateFile(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const objection = fileObjection(await file.stat(), ownIdentity());
    if (objection !== null) throw new Error(`${path} ${objection}.`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Refuses a program that another account could have put there: itself, or by a folder on the way to it. A digest beside
 * the program would say no more, because whoever can change the one can change the other.
 */
export async function refuseForeignProgram(file: string): Promise<void> {
  const own = ownIdentity();
  for (let path = await realpath(file); ; path = dirname(path)) {
    const found = await stat(path);
    // In a folder with the sticky bit, as /tmp, others cannot take the place of what is not theirs.
    const isSticky = found.isDirectory() && (found.mode & 0o1000) !== 0;
    const objection = isSticky ? null : folderObjection(found, own);
    if (objection !== null) throw new Error(`${file} is not run: ${path} ${objection}.`);
    if (path === dirname(path)) return;
  }
}
