import { lstat, mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder that nobody else may enter, as `mktemp -d` makes it. */
export async function temporaryFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'ringback-test-'));
}

/** Removes a home, and what its PostgreSQL keeps elsewhere when the tests run as root. */
export async function removeHome(home: string): Promise<void> {
  const postgres = join(home, 'postgres');
  const found = await lstat(postgres).catch(() => null);
  if (found?.isSymbolicLink() === true) await rm(await readlink(postgres), { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
}
