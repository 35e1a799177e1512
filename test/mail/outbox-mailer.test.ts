import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutboxMailer } from '../../src/mail/outbox-mailer.ts';
import { textOf } from '../support/mail-server.ts';

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ringback-outbox-'));
  folder = join(home, 'outbox');
});
afterEach(() => rm(home, { recursive: true, force: true }));

const mail = { id: 'the-mail', to: 'ops@example.com', subject: 'It is disabled', text: 'Grüße\n> a line\n' };
const mailer = () => createOutboxMailer({ folder, from: 'ringback@example.com' });

test('a mail becomes a file that mail programs open, for the owner only', async () => {
  await mailer().send(mail);

  expect(await readdir(folder)).toEqual(['the-mail.eml']);
  const raw = await readFile(join(folder, 'the-mail.eml'), 'utf8');
  expect(raw).toMatch(/^To: ops@example.com\r$/m);
  expect(raw).toMatch(/^Message-ID: <the-mail@ringback>\r$/m);
  expect(textOf(raw)).toBe(mail.text);
  expect((await stat(join(folder, 'the-mail.eml'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('the same mail sent twice is one file, and another one its own', async () => {
  await mailer().send(mail);
  await mailer().send(mail);
  await mailer().send({ ...mail, id: 'another' });
  expect((await readdir(folder)).sort()).toEqual(['another.eml', 'the-mail.eml']);
});

test('a folder that cannot be written is told by its name', async () => {
  await writeFile(folder, 'a file where the folder should be');
  await expect(mailer().send(mail)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: `The mail could not be written to ${folder}.`,
  });
});
