import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import type { SealingKey } from '../crypto/sealed-box.ts';
import { hasErrorCode } from '../embedded/error-text.ts';
import { makeHome, readPrivateFile } from '../embedded/private-files.ts';

export type InstallationSecrets = {
  adminToken: string;
  /** Where the token is kept when it was made here; null when it came from the environment. */
  adminTokenFile: string | null;
  sealingKeys: readonly [SealingKey, ...SealingKey[]];
};

/** The secrets of this installation: from the environment, else made once and kept in the home, for the owner only. */
export async function loadInstallationSecrets(config: Config): Promise<InstallationSecrets> {
  const adminTokenFile = join(config.RINGBACK_HOME, 'admin-token');
  const adminToken =
    config.RINGBACK_ADMIN_TOKEN ??
    (await keptSecret(adminTokenFile, () => randomBytes(32).toString('base64url')));
  const texts = config.RINGBACK_SECRET_KEYS ?? [
    await keptSecret(
      join(config.RINGBACK_HOME, 'secret-keys'),
      () => `home:${randomBytes(32).toString('base64')}`,
    ),
  ];
  const [newest, ...older] = texts.map(toSealingKey);
  if (!newest) throw new Error('there is no sealing key');
  return {
    adminToken,
    adminTokenFile: config.RINGBACK_ADMIN_TOKEN === undefined ? adminTokenFile : null,
    sealingKeys: [newest, ...older],
  };
}

async function keptSecret(file: string, make: () => string): Promise<string> {
  await makeHome(dirname(file));
  // Of two processes that start at once, the one that creates the file decides.
  await writeFile(file, `${make()}\n`, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    if (!hasErrorCode(cause, 'EEXIST')) throw cause;
  });
  const secret = (await readPrivateFile(file)).trim();
  if (secret === '') throw new Error(`${file} is empty: delete it, or put the secret back`);
  return secret;
}

function toSealingKey(text: string): SealingKey {
  const [id = '', key = ''] = text.split(':');
  return { id, key: Buffer.from(key, 'base64') };
}
