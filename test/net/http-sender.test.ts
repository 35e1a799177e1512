// Every way in which an exchange with a receiver can end, on real sockets.
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent, type HttpAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import type { CallbackRequest } from '../../src/ports/index.ts';
import { fixture } from '../support/fixture.ts';
import { ok, onRequest, startRawServer, type RawServer } from './raw-server.ts';

let agent: HttpAgent;
let server: RawServer | undefined;

beforeEach(() => {
  agent = createGuardedAgent(createEgressPolicy({ allow: ['127.0.0.0/8', '::1/128'], allowHttp: true }));
});
afterEach(async () => {
  await agent.destroy();
  await server?.stop();
  server = undefined;
});

const never = new AbortController().signal;

function send(changes: Partial<CallbackRequest>, signal = never) {
  return createHttpSender(agent).send(
    {
      method: 'POST',
      url: server?.url ?? '',
      headers: { 'content-type': 'application/json', 'ringback-attempt': '1' },
      body: '{"status":"delivered ✓"}',
      timeoutMs: 5_000,
      ...changes,
    },
    signal,
  );
}

/** A receiver that writes `text` to each whole request. */
async function answering(text: string, then: (socket: Socket) => void = () => undefined) {
  const requests: string[] = [];
  server = await startRawServer((socket) =>
    onRequest(socket, (request) => {
      requests.push(request);
      socket.write(text, () => then(socket));
    }),
  );
  return requests;
}

test('posts the body byte for byte with the headers it was given, and gives back the answer', async () => {
  const requests = await answering(
    'HTTP/1.1 201 Created\r\nX-One: a\r\nX-One: b\r\ncontent-length: 6\r\n\r\n{"ok"}',
  );

  const exchange = await send({});

  expect(exchange).toMatchObject({
    failure: null,
    response: { status: 201, headers: { 'x-one': 'a, b', 'content-length': '6' }, truncated: false },
  });
  expect(Buffer.from(exchange.response?.body ?? []).toString()).toBe('{"ok"}');
  const [head = '', body = ''] = requests[0]?.split('\r\n\r\n') ?? [];
  expect(head).toMatch(/^POST \/callbacks HTTP\/1\.1\r\n/);
  expect(head).toContain('ringback-attempt: 1');
  expect(Buffer.from(body, 'latin1').toString('utf8')).toBe('{"status":"delivered ✓"}');
});

test.each([
  ['that accepts the connection and says nothing', () => undefined],
  ['that never ends its headers', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nx-slow: ')],
  [
    'that never ends its body',
    (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhi'),
  ],
  [
    'that drips its body, so that it is never idle',
    (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const drip = setInterval(() => socket.write('1\r\nx\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    },
  ],
])('a receiver %s is given up at the deadline of the whole exchange', async (_what, serve) => {
  server = await startRawServer((socket) => {
    socket.once('data', () => serve(socket));
  });
  const exchange = await send({ timeoutMs: 300 });
  expect(exchange.failure).toEqual({ outcome: 'timeout', reason: 'No complete answer within 0.3 seconds.' });
  expect(exchange.durationMs).toBeGreaterThanOrEqual(290);
  expect(exchange.durationMs).toBeLessThan(1_500);
});

test('the deadline counts the time to connect: a TLS handshake that never ends is given up as well', async () => {
  server = await startRawServer(() => undefined);
  const exchange = await send({ url: `https://127.0.0.1:${server.port}/`, timeoutMs: 300 });
  expect(exchange.failure).toMatchObject({ outcome: 'timeout' });
  expect(exchange.response).toBeNull();
});

test('a receiver whose handshake hung once is reached by a later attempt', async () => {
  const tls = createTlsServer({ key: fixture('self-signed.pem'), cert: fixture('self-signed.pem') });
  server = await startRawServer((socket, connection) => {
    if (connection > 1) tls.emit('connection', socket);
  });
  const url = `https://127.0.0.1:${server.port}/`;
  const request = { method: 'POST' as const, url, headers: {}, body: '', timeoutMs: 300 };
  const first = await createHttpSender(agent).send(request, never);
  expect(first.failure?.outcome).toBe('timeout');

  const second = await createHttpSender(agent).send({ ...request, timeoutMs: 5_000 }, never);

  // It got as far as the certificate, on a connection of its own.
  expect([second.failure?.outcome, server.connections()]).not.toEqual(['timeout', 1]);
  const third = await createHttpSender(agent).send({ ...request, timeoutMs: 5_000 }, never);
  expect(third.failure).toEqual({
    outcome: 'tls_error',
    reason: 'The secure connection failed: the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT).',
  });
});

test('keeps the first 16 KiB of an endless body, says that there was more, and closes the connection', async () => {
  let isClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (isClosed = resolve));
  server = await startRawServer((socket) => {
    socket.on('close', isClosed);
    onRequest(socket, () => {
      socket.write('HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = (): void => {
        while (socket.writable && socket.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`));
        socket.once('drain', more);
      };
      more();
    });
  });

  const { response, failure } = await send({});

  expect(failure).toBeNull();
  expect(response).toMatchObject({ status: 500, truncated: true });
  expect(response?.body).toHaveLength(16 * 1024);
  await closed;
});

test('a body of exactly 16 KiB is whole', async () => {
  await answering(`HTTP/1.1 200 OK\r\ncontent-length: 16384\r\n\r\n${'x'.repeat(16_384)}`);
  const { response } = await send({});
  expect(response).toMatchObject({ truncated: false });
  expect(response?.body).toHaveLength(16_384);
});

test.each([301, 302, 303, 307, 308])(
  'an answer %d is an answer: the redirect is not followed',
  async (status) => {
    const requests = await answering(
      `HTTP/1.1 ${status} Elsewhere\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n`,
    );
    expect((await send({})).response).toMatchObject({ status, headers: { location: '/other' } });
    expect(requests).toHaveLength(1);
  },
);

test('says so when nothing listens', async () => {
  server = await startRawServer(() => undefined);
  const { url } = server;
  await server.stop();
  server = undefined;
  expect((await send({ url })).failure).toEqual({
    outcome: 'connect_error',
    reason: 'The exchange failed: nothing listens at that address and port.',
  });
});

test('a connection that is reset instead of an answer is a connection error, and is not tried again by itself', async () => {
  server = await startRawServer((socket) => onRequest(socket, () => socket.resetAndDestroy()));
  expect(await send({})).toMatchObject({ failure: { outcome: 'connect_error' }, response: null });
  expect(server.connections()).toBe(1);
});

test('an answer that breaks off keeps its status and what came of it', async () => {
  server = await startRawServer((socket) =>
    onRequest(socket, () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\npartial');
      // The reset may not overtake the bytes before it.
      setTimeout(() => socket.resetAndDestroy(), 50);
    }),
  );
  const { failure, response } = await send({});
  expect(failure).toMatchObject({ outcome: 'connect_error' });
  expect(response).toMatchObject({ status: 200, truncated: true });
  expect(Buffer.from(response?.body ?? []).toString()).toBe('partial');
});

test('what is not HTTP is a connection error', async () => {
  await answering('220 smtp.example ready\r\n');
  expect((await send({})).failure).toMatchObject({ outcome: 'connect_error' });
});

test('headers without end are refused', async () => {
  await answering(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(40 * 1024)}\r\n\r\n`);
  expect((await send({})).failure).toEqual({
    outcome: 'connect_error',
    reason: 'The exchange failed: the response headers are too large.',
  });
});

test('a self-signed certificate is refused', async () => {
  const tls = createTlsServer({ key: fixture('self-signed.pem'), cert: fixture('self-signed.pem') });
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  const { port } = tls.address() as AddressInfo;
  expect((await send({ url: `https://127.0.0.1:${port}/` })).failure).toEqual({
    outcome: 'tls_error',
    reason: 'The secure connection failed: the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT).',
  });
  tls.close();
});

test('https to a port that speaks plain http is a TLS error', async () => {
  server = await startRawServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n'));
  });
  const url = `https://127.0.0.1:${server.port}/`;
  expect((await send({ url })).failure).toMatchObject({ outcome: 'tls_error' });
});

test('a name that does not exist is said to be one', async () => {
  const { failure } = await send({ url: 'http://does-not-exist.invalid/' });
  expect(failure?.outcome).toBe('connect_error');
  // Offline, a resolver cannot tell.
  expect(failure?.reason).toMatch(
    /^The exchange failed: the host name (does not exist|could not be resolved just now)\.$/,
  );
});

test('is cut short by the signal, and says that it was Ringback that stopped', async () => {
  const stop = new AbortController();
  server = await startRawServer((socket) => socket.once('data', () => stop.abort()));
  expect(await send({}, stop.signal)).toMatchObject({
    failure: { outcome: 'cancelled', reason: 'Ringback stopped during this attempt.' },
    response: null,
  });
});

test('makes no connection when it was stopped before', async () => {
  server = await startRawServer(() => undefined);
  expect((await send({}, AbortSignal.abort())).failure).toMatchObject({ outcome: 'cancelled' });
  expect(server.connections()).toBe(0);
});

test('uses a connection again while it is fresh', async () => {
  await answering(ok);
  for (let count = 0; count < 5; count += 1) {
    await send({});
    // undici counts a connection as free one turn after the end of its answer.
    await new Promise(setImmediate);
  }
  expect(server?.connections()).toBe(1);
});

test.each([
  ['GET', false],
  ['POST', true],
] as const)('a %s without a body has none, and says so where a body could be', async (method, saysLength) => {
  const requests = await answering('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  const url = `${server?.url ?? ''}/a%2Fb?c=%20#not-sent`;
  const exchange = await send({ method, url, headers: {}, body: null });
  expect(exchange.response?.status).toBe(200);
  const [head = '', body = ''] = requests[0]?.split('\r\n\r\n') ?? [];
  expect(head).toMatch(new RegExp(`^${method} /callbacks/a%2Fb\\?c=%20 HTTP/1\\.1\r\n`));
  expect(/content-length: 0/i.test(head)).toBe(saysLength);
  expect(head).not.toMatch(/transfer-encoding|content-type/i);
  expect(body).toBe('');
});
