import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** PostgreSQL refuses to run as root; this is whom it runs as instead. */
export type Account = { name: string; uid: number; gid: number };

// In order of preference. Every Unix has the second.
const names = ['postgres', 'nobody'];

/** The account to give PostgreSQL's processes when this process is root; undefined when it is not. */
export async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of names) {
    const [, , uid, gid] = lines.find(([found]) => found === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { name, uid: asId(uid), gid: asId(gid) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Start Ringback as another user, or set DATABASE_URL.',
  );
}

/** Whether the account may pass through every folder down to and including `folder`. */
export async function canReach(account: Account, folder: string): Promise<boolean> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    if (!(await mayEnter(account, path))) return false;
    if (path === dirname(path)) return true;
  }
}

async function mayEnter(account: Account, folder: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(folder);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

// macOS writes nobody's ids as -2; the system calls want them unsigned.
function asId(text: string): number {
  return Number(text) >>> 0;
}
