import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSmtpMailer } from '../../src/mail/smtp-mailer.ts';
import { textWith } from '../support/matchers.ts';
import { startMailServer, textOf } from '../support/mail-server.ts';

const from = 'Ringback <ringback@example.com>';
const mail = {
  id: '018f0000-0000-7000-8000-000000000001',
  to: 'ops@example.com',
  subject: 'Ringback disabled "Zoë’s permits"',
  text: 'Grüße 🚀\n> a line\n',
};

type Server = Awaited<ReturnType<typeof startMailServer>>;
let servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

async function serverThat(options: Parameters<typeof startMailServer>[0] = {}): Promise<Server> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

async function send(url: string, changes: Partial<typeof mail> = {}): Promise<void> {
  const mailer = createSmtpMailer({ url, from, timeoutMs: 500 });
  try {
    await mailer.send({ ...mail, ...changes });
  } finally {
    mailer.close();
  }
}

const refusal = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });

test('the server gets the mail for that one address, as it was written, marked as made by a machine', async () => {
  const server = await serverThat();

  await send(server.url);

  expect(server.taken).toHaveLength(1);
  const [taken] = server.taken;
  expect(taken).toMatchObject({ from: 'ringback@example.com', to: ['ops@example.com'] });
  expect(textOf(taken?.raw ?? '')).toBe(mail.text);
  expect(taken?.raw).toMatch(/^From: Ringback <ringback@example.com>\r$/m);
  expect(taken?.raw).toMatch(/^To: ops@example.com\r$/m);
  expect(taken?.raw).toMatch(/^Subject: =\?UTF-8\?/m);
  expect(taken?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(taken?.raw).toMatch(/^Content-Type: text\/plain; charset=utf-8\r$/m);
});

test('a mail that is sent a second time has the Message-ID of the first', async () => {
  const server = await serverThat();
  await send(server.url);
  await send(server.url);
  const ids = server.taken.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]);
  expect(ids).toEqual([`<${mail.id}@ringback>`, `<${mail.id}@ringback>`]);
});

test('an address that looks like several is one, and reaches nobody else', async () => {
  const server = await serverThat();
  await send(server.url, { to: '"a@example.com, b"@example.com' }).catch(() => undefined);
  for (const { to } of server.taken) expect(to).toHaveLength(1);
});

test.each([
  [
    'puts off a recipient',
    {
      onRcptTo: (_address: unknown, _session: unknown, done: (cause: Error) => void) =>
        done(refusal(451, 'greylisted')),
    },
    '451 greylisted',
  ],
  [
    'refuses a recipient',
    {
      onRcptTo: (_address: unknown, _session: unknown, done: (cause: Error) => void) =>
        done(refusal(550, 'no such user <ops@example.com>')),
    },
    '550 no such user <[address]>',
  ],
  [
    'refuses the text',
    {
      onData(stream: NodeJS.ReadableStream, _session: unknown, done: (cause: Error) => void) {
        stream.resume();
        stream.on('end', () => done(refusal(452, 'the disk is full')));
      },
    },
    '452 the disk is full',
  ],
])('a server that %s is quoted, and the mail counts as not sent', async (_what, options, words) => {
  const server = await serverThat(options);
  await expect(send(server.url)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: `The mail server did not take the mail: ${words}`,
  });
});

test('a wrong password is told without the password', async () => {
  const server = await serverThat({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, done) => done(refusal(535, 'bad credentials for the-password')),
  });
  const url = server.url.replace('smtp://', 'smtp://user:the-password@');
  const failure = await send(url).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({
    code: 'UNAVAILABLE',
    message: 'The mail server did not take the mail: it refused the user name or password of SMTP_URL.',
  });
  expect(JSON.stringify(failure)).not.toContain('the-password');
});

test('the user name and password of the URL are used', async () => {
  const seen: unknown[] = [];
  const server = await serverThat({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      seen.push([username, password]);
      done(null, { user: 'user' });
    },
  });
  await send(server.url.replace('smtp://', 'smtp://us%40er:pass%2Fword@'));
  expect(seen).toEqual([['us@er', 'pass/word']]);
  expect(server.taken).toHaveLength(1);
});

test('where the server offers STARTTLS the mail goes encrypted, and not past a certificate that nobody vouches for', async () => {
  const server = await serverThat({ disabledCommands: [] });
  await expect(send(server.url)).rejects.toMatchObject({
    message: textWith('certificate'),
  });
  await send(`${server.url}?tls.rejectUnauthorized=false`);
  expect(server.taken).toHaveLength(1);
});

test('smtps speaks TLS from the first byte', async () => {
  const server = await serverThat({ secure: true });
  await send(`${server.url}?tls.rejectUnauthorized=false`);
  expect(server.taken).toHaveLength(1);
});

test('nothing that listens is told as such', async () => {
  const server = await startMailServer();
  await server.stop();
  await expect(send(server.url)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: textWith('ECONNREFUSED'),
  });
});

test('a server that accepts and then says nothing is given up in time', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await expect(send(`smtp://127.0.0.1:${port}`)).rejects.toMatchObject({ message: textWith('ETIMEDOUT') });
  for (const socket of sockets) socket.destroy();
  silent.close();
  await once(silent, 'close');
});
