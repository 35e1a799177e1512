// A home is its owner's alone, also where the owner's umask would let everybody in.
import { chmod, lstat, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { fileObjection, folderObjection } from '../../src/embedded/private-files.ts';
import { startEmbedded, type Embedded } from '../../src/embedded/start-embedded.ts';
import { createOutboxMailer } from '../../src/mail/outbox-mailer.ts';
import { loadInstallationSecrets } from '../../src/main/installation-secrets.ts';
import { recordingLog } from './recording-log.ts';
import { removeHome, temporaryFolder } from './temporary-folder.ts';

const isRoot = process.getuid?.() === 0;
let folder = '';
let home = '';
let usualUmask = 0;
const config = () => readConfig({ RINGBACK_HOME: home });

beforeEach(async () => {
  folder = await temporaryFolder();
  // As root, PostgreSQL runs under an account that has to pass through here.
  if (isRoot) await chmod(folder, 0o711);
  home = join(folder, 'new', 'home');
  usualUmask = process.umask(0);
});
afterEach(async () => {
  process.umask(usualUmask);
  await removeHome(home);
  await rm(folder, { recursive: true, force: true });
});

type Found = { path: string; mode: number; isFolder: boolean };

async function walk(path: string): Promise<Found[]> {
  const real = await realpath(path);
  const found = await lstat(real);
  const isFolder = found.isDirectory();
  const below = isFolder
    ? await Promise.all((await readdir(real)).map((name) => walk(join(real, name))))
    : [];
  return [{ path: relative(home, path), mode: found.mode & 0o777, isFolder }, ...below.flat()];
}

describe('with everything running in it', () => {
  let embedded: Embedded | undefined;
  afterEach(() => embedded?.stop(), 60_000);

  test('no file of a new home can be read, changed or entered by another account', async () => {
    embedded = await startEmbedded({
      ...{ home, env: process.env, namespace: 'default', searchAttributes: [], log: recordingLog() },
    });
    await loadInstallationSecrets(config());
    const mail = { id: 'a-mail', to: 'ops@example.com', subject: 'Disabled', text: 'It was disabled.' };
    await createOutboxMailer({ folder: join(home, 'outbox'), from: 'ringback@localhost' }).send(mail);

    const all = await walk(home);
    const open = all
      .filter(({ mode }) => (mode & 0o077) !== 0)
      .map(({ path, mode }) => [path, mode.toString(8)]);

    expect(all.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        ...['admin-token', 'secret-keys', 'database-passwords.json', 'ports.json', 'outbox/a-mail.eml'],
        ...['logs/postgres.log', 'logs/temporal.log', 'temporal/server.json', 'run/lock'],
      ]),
    );
    // PostgreSQL's account may pass through, and list nothing.
    expect(open).toEqual(isRoot ? [['', '711']] : []);
    expect((await lstat(dirname(home))).mode & 0o022).toBe(0);
  }, 600_000);
});

describe.each(['admin-token', 'secret-keys'])('%s', (name) => {
  test.each([0o644, 0o640, 0o620, 0o602])('is not used with the mode %o', async (mode) => {
    await loadInstallationSecrets(config());
    await chmod(join(home, name), mode);

    await expect(loadInstallationSecrets(config())).rejects.toThrow(
      `${join(home, name)} is open to other accounts: chmod 600 it, and replace`,
    );
  });
});

test('a secret is not taken from a home that others can write to', async () => {
  await mkdir(home, { recursive: true });
  await chmod(home, 0o777);
  await writeFile(join(home, 'admin-token'), 'a token that somebody else has put here', { mode: 0o600 });

  await expect(loadInstallationSecrets(config())).rejects.toThrow(
    `${home} can be written to by other accounts`,
  );
});

const own = { uid: 1000, gid: 1000 };

test.each([
  ['its own folder', { uid: 1000, gid: 1000, mode: 0o755 }, null],
  ['one that its own group can write to', { uid: 1000, gid: 1000, mode: 0o775 }, null],
  ['one that root has made for it', { uid: 0, gid: 1000, mode: 0o775 }, null],
  [
    'one that another group can write to',
    { uid: 1000, gid: 50, mode: 0o775 },
    /written to by other accounts/,
  ],
  ['one for everybody', { uid: 0, gid: 0, mode: 0o1777 }, /written to by other accounts/],
  ['one of another account', { uid: 1001, gid: 1000, mode: 0o700 }, /belongs to another account/],
])('of the folders for secrets: %s', (_what, found, objection) => {
  expect(folderObjection(found, own)).toEqual(objection && expect.stringMatching(objection));
});

test('a secret that belongs to another account is not taken', () => {
  expect(fileObjection({ uid: 1001, gid: 1000, mode: 0o600 }, own)).toMatch(/belongs to another account/);
  expect(fileObjection({ uid: 1000, gid: 1000, mode: 0o600 }, own)).toBeNull();
});
