import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordOwner, removeAbandonedFolders } from '../../src/embedded/abandoned-folders.ts';
import { removeHome, temporaryFolder } from './temporary-folder.ts';

let root = '';
let system = '';

beforeEach(async () => {
  root = await temporaryFolder();
  system = join(root, 'system');
  await mkdir(system);
});
afterEach(() => removeHome(root));

/** A home whose data lies in the system folder. */
async function createHome(name: string): Promise<{ home: string; folder: string }> {
  const home = join(root, 'homes', name);
  const folder = join(system, name);
  await mkdir(home, { recursive: true });
  await mkdir(join(folder, 'data'), { recursive: true });
  await recordOwner(folder, home);
  await symlink(folder, join(home, 'postgres'));
  return { home, folder };
}

test('the data of a deleted home is removed, and that of another stays', async () => {
  const gone = await createHome('gone');
  await createHome('there');
  await rm(gone.home, { recursive: true });

  expect(await removeAbandonedFolders(system)).toEqual([gone.folder]);
  expect((await readdir(system)).sort()).toEqual(['there', 'there.home.json']);
});

test('the data of a home that was made anew in the same place is removed', async () => {
  const { home, folder } = await createHome('again');
  await rm(join(home, 'postgres'));

  expect(await removeAbandonedFolders(system)).toEqual([folder]);
});

test('the data of a home whose disk is not mounted stays', async () => {
  const { home, folder } = await createHome('away');
  await rm(home, { recursive: true });
  await writeFile(`${folder}.home.json`, JSON.stringify({ home, device: -1 }));

  expect(await removeAbandonedFolders(system)).toEqual([]);
});

test('data with a server that is still running stays', async () => {
  const { home, folder } = await createHome('running');
  await rm(home, { recursive: true });
  await writeFile(join(folder, 'data', 'postmaster.pid'), `${process.pid}\n`);

  expect(await removeAbandonedFolders(system)).toEqual([]);
});

test('a machine without such a folder has nothing to remove', async () => {
  expect(await removeAbandonedFolders(join(root, 'nowhere'))).toEqual([]);
});
