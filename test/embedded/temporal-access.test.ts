// Who gets at the embedded Temporal: those with a certificate of its home, and by the Web UI the operator. Any other account
// of the machine reaches the same ports and gets nothing.
import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';

import { Connection } from '@temporalio/client';

import { readTemporalTls, type TemporalTlsFiles } from '../../src/domain/temporal-tls.ts';
import { startEmbedded, type Embedded } from '../../src/embedded/start-embedded.ts';
import { temporalCertificates } from '../../src/embedded/temporal-certificates.ts';
import { temporalPortNames } from '../../src/embedded/temporal-config.ts';
import { recordingLog } from './recording-log.ts';
import { removeHome, temporaryFolder } from './temporary-folder.ts';

const password = 'the admin token of this test';
const operator = `Basic ${Buffer.from(`operator:${password}`).toString('base64')}`;

let home = '';
let elsewhere = '';
let embedded: Embedded;
let tls: TemporalTlsFiles;
let ports: Record<string, number>;

beforeAll(async () => {
  home = await temporaryFolder();
  elsewhere = await temporaryFolder();
  embedded = await startEmbedded({
    ...{ home, env: process.env, namespace: 'default', searchAttributes: [], log: recordingLog() },
    operatorPassword: async () => password,
  });
  if (!embedded.temporalTls) throw new Error('The embedded Temporal is not encrypted.');
  tls = embedded.temporalTls;
  ports = JSON.parse(await readFile(join(home, 'ports.json'), 'utf8')) as Record<string, number>;
}, 900_000);

afterAll(async () => {
  await embedded.stop();
  await removeHome(home);
  await removeHome(elsewhere);
}, 60_000);

/** Whoever is refused tries again until the time is over. */
async function canConnect(
  address: string,
  files: TemporalTlsFiles | null,
  connectTimeout: '2s' | '30s' = '2s',
): Promise<boolean> {
  const given = await readTemporalTls(files, readFile);
  const connection = await Connection.connect({ address, tls: given, connectTimeout }).catch(() => null);
  await connection?.close();
  return connection !== null;
}

async function strangers(): Promise<[string, TemporalTlsFiles | null][]> {
  const other = await temporalCertificates(join(elsewhere, 'tls'));
  return [
    ['without encryption', null],
    ['without a certificate', { ...tls, client: null }],
    ['with a certificate of another home', { ...tls, client: other.app }],
  ];
}

test('the frontend lets in a certificate of its home, and nobody else', async () => {
  expect(await canConnect(embedded.temporalAddress, tls, '30s')).toBe(true);
  for (const [who, files] of await strangers())
    expect([who, await canConnect(embedded.temporalAddress, files)]).toEqual([who, false]);
}, 60_000);

test('a client does not take a server of another home for its own', async () => {
  const other = await temporalCertificates(join(elsewhere, 'tls'));
  expect(await canConnect(embedded.temporalAddress, { ...tls, caFile: other.caFile })).toBe(false);
}, 60_000);

test.each(temporalPortNames)(
  '%s lets nobody in without a certificate of the home',
  async (name) => {
    const port = ports[name] ?? 0;
    const other = await temporalCertificates(join(elsewhere, 'tls'));
    const ca = await readFile(tls.caFile ?? '');
    const own = tls.client ?? other.app;
    const pair = async ({ certFile, keyFile }: typeof own) => ({
      cert: await readFile(certFile),
      key: await readFile(keyFile),
    });
    expect(await answerOf(port, null, 20_000)).toBe('refused');
    expect(await answerOf(port, { ca }, 20_000)).toBe('refused');
    expect(await answerOf(port, { ca, ...(await pair(other.app)) }, 20_000)).toBe('refused');
    expect(await answerOf(port, { ca, ...(await pair(own)) }, 1_000)).toBe('let in');
  },
  60_000,
);

/** Whether a port goes on talking after the handshake: it says something, or waits for us to. */
function answerOf(port: number, given: object | null, waitMs: number): Promise<'let in' | 'refused'> {
  const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
  return new Promise((resolve) => {
    const where = { host: '127.0.0.1', port };
    const socket = given
      ? connectTls({ ...where, servername: tls.serverName ?? '', ALPNProtocols: ['h2'], ...given })
      : connectTcp(where);
    const end = (answer: 'let in' | 'refused') => {
      resolve(answer);
      socket.destroy();
    };
    socket.on(given ? 'secureConnect' : 'connect', () => {
      socket.write(http2Preface, 'latin1');
      // Who is refused is told so; a port that speaks another protocol than ours has nothing to say.
      setTimeout(() => end('let in'), waitMs).unref();
    });
    socket.on('data', (data: Buffer) => {
      // A fatal alert in the clear is TLS's answer to what is not TLS.
      const isAlert = !given && data[0] === 0x15;
      if (isAlert || data.includes('HTTP/1.')) end('refused');
      else if (given) end('let in');
    });
    socket.on('close', () => end('refused'));
    socket.on('error', () => end('refused'));
  });
}

test('the keys are for their owner only', async () => {
  const folder = join(home, 'temporal', 'tls');
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of [
    'app-key.pem',
    'frontend-key.pem',
    'internode-key.pem',
    'worker-key.pem',
    'ui-key.pem',
    'ca.pem',
  ])
    expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600]);
});

type Asked = {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
  port?: number;
};

/** As a browser asks that was led here by any name; fetch would not let us choose the host. */
function ask({ method = 'GET', path = '/', headers = {}, body, port }: Asked) {
  const door = new URL(embedded.temporalUiUrl ?? 'http://no.ui');
  return new Promise<{ status: number; text: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: port ?? Number(door.port),
          method,
          path,
          headers: { host: door.host, ...headers },
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => (text += part));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

const workflows = '/api/v1/namespaces/default/workflows';

test('the Web UI shows its pages and its data to the operator', async () => {
  const page = await ask({ headers: { authorization: operator } });
  expect(page).toMatchObject({ status: 200 });
  expect(page.headers['content-type']).toContain('text/html');
  expect(await ask({ path: workflows, headers: { authorization: operator } })).toMatchObject({ status: 200 });
});

test('the operator starts a workflow from it, as its pages do', async () => {
  const origin = embedded.temporalUiUrl ?? '';
  const started = await ask({
    ...{ method: 'POST', path: `${workflows}/by-hand` },
    headers: { authorization: operator, origin, 'content-type': 'application/json' },
    body: JSON.stringify({ workflowType: { name: 'nothing' }, taskQueue: { name: 'nobody' } }),
  });
  expect(started).toMatchObject({ status: 200 });
  expect(JSON.parse(started.text)).toMatchObject({ runId: expect.any(String) as string });
});

test('an error of Temporal reaches the pages as it is', async () => {
  const answer = await ask({ path: `${workflows}/not-there`, headers: { authorization: operator } });
  expect(answer).toMatchObject({ status: 404 });
  expect(JSON.parse(answer.text)).toMatchObject({ code: 5 });
});

test.each([
  ['no credential', {}],
  ['another password', { authorization: `Basic ${Buffer.from('operator:guessed').toString('base64')}` }],
  ['another user', { authorization: `Basic ${Buffer.from(`somebody:${password}`).toString('base64')}` }],
  ['the token alone', { authorization: `Bearer ${password}` }],
])('with %s it shows nothing, and asks for the operator', async (_, headers) => {
  for (const path of ['/', workflows, '/api/v1/settings', '/healthz']) {
    const answer = await ask({ path, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
  }
});

test.each(['evil.example', 'evil.example:8233', '127.0.0.1', 'localhost:1', '[::1]:8233'])(
  'by the host name "%s" it shows nothing, with credentials or without',
  async (host) => {
    expect((await ask({ path: workflows, headers: { host, authorization: operator } })).status).toBe(421);
    expect((await ask({ path: '/', headers: { host } })).status).toBe(421);
  },
);

test('the page of another site cannot use what the browser knows of the operator', async () => {
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const answer = await ask({
      ...{ method: 'POST', path: `${workflows}/by-another-site` },
      headers: { authorization: operator, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ workflowType: { name: 'nothing' }, taskQueue: { name: 'nobody' } }),
    });
    expect(answer.status).toBe(403);
  }
});

test('behind the door, at the port of the UI itself, there is nothing of Temporal to be had', async () => {
  const config = JSON.parse(await readFile(join(home, 'temporal', 'ui', 'ringback.yaml'), 'utf8')) as {
    port: number;
    temporalGrpcAddress: string;
  };
  for (const headers of [{}, { authorization: operator }, { authorization: 'Bearer guessed' }]) {
    const answer = await ask({ port: config.port, path: workflows, headers });
    expect(answer.status).toBe(401);
  }
  const start = await ask({
    ...{ port: config.port, method: 'POST', path: `${workflows}/forged` },
    headers: { 'content-type': 'application/json', authorization: 'Bearer guessed' },
    body: JSON.stringify({ workflowType: { name: 'nothing' }, taskQueue: { name: 'nobody' } }),
  });
  expect(start.status).toBe(401);
  // Nor at the gate, which anybody reaches as well.
  expect(await canConnect(config.temporalGrpcAddress, null)).toBe(false);
}, 60_000);
