import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { hasErrorCode } from './error-text.ts';
import { readPrivateFile } from './private-files.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** One password per role of the embedded PostgreSQL. */
export type DatabasePasswords = { postgres: string; ringback: string; temporal: string };

/** The home's passwords, made on first use and kept in a file that only its owner can read. */
export async function databasePasswords(home: string): Promise<DatabasePasswords> {
  const path = join(home, 'database-passwords.json');
  try {
    return JSON.parse(await readPrivateFile(path)) as DatabasePasswords;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw new Error(`${path} cannot be read.`, { cause: error });
  }
  const passwords = { postgres: randomPassword(), ringback: randomPassword(), temporal: randomPassword() };
  await writeFileAtomically(path, JSON.stringify(passwords, null, 2), 0o600);
  return passwords;
}

// base64url, so that it stands in a URL and in SQL as it is.
function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}
