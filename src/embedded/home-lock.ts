import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AppError } from '../domain/errors.ts';
import { tryFileLock } from './file-lock.ts';
import type { FileLock } from './file-lock.ts';
import { makeHome } from './private-files.ts';

/** Makes the home's folders and takes the home for this process; a CONFLICT when another Ringback runs in it. */
export async function lockHome(home: string): Promise<FileLock> {
  await makeHome(home);
  for (const folder of ['run', 'logs']) await mkdir(join(home, folder), { recursive: true, mode: 0o700 });
  const attempt = await tryFileLock(join(home, 'run', 'lock'));
  if ('lock' in attempt) return attempt.lock;
  throw new AppError(
    'CONFLICT',
    `Ringback is already running in ${home} (process ${attempt.heldBy}). ` +
      'Stop it first, or give this one a RINGBACK_HOME of its own.',
  );
}
