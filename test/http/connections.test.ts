// Connections that are held open: how many there can be, and who gives way. On real sockets.
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createTestApp } from '../support/test-app.ts';
import { until } from '../support/until.ts';

const maxConnections = 40;
const opened: Socket[] = [];
let close = async (): Promise<void> => undefined;
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await close();
});

async function listening() {
  const limits = { requestsPerSecond: 1000, failuresPerSecond: 5, maxConnections };
  const t = await createTestApp({ limits });
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  close = async () => {
    await t.app.close();
  };
  const { port } = t.app.server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    opened.push(socket);
    socket.on('error', () => undefined);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    return socket;
  };
  const connections = () =>
    new Promise<number>((resolve, reject) => {
      t.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  /** Opens many, each sending `bytes`, and leaves them as they are. */
  const hold = async (count: number, bytes: string): Promise<Socket[]> => {
    const sockets: Socket[] = [];
    for (let index = 0; index < count; index += 1) {
      const socket = await open();
      socket.write(bytes);
      sockets.push(socket);
      if (index % 50 === 0) expect(await connections()).toBeLessThanOrEqual(maxConnections);
    }
    return sockets;
  };
  const service = await t.addService();
  const ask = async (
    socket: Socket,
    authorization = service.as,
    path = '/v1/notifications',
  ): Promise<string> => {
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
    // To its end: what is left of it would be taken for the next answer.
    for (let text = ''; ;) {
      const [chunk] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [Buffer?];
      if (!Buffer.isBuffer(chunk)) return `closed after ${text}`;
      text += chunk.toString('latin1');
      const [head = '', body] = text.split('\r\n\r\n');
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
      if (body !== undefined && body.length >= length) return head.split('\r\n')[0] ?? '';
    }
  };
  return { ...t, open, hold, ask, connections };
}

const held = {
  'say nothing': '',
  'begin a request and no more': 'GET /v1/notifications HTTP/1.1\r\nhost: x\r\n',
  'were refused': 'GET /v1/notifications HTTP/1.1\r\nhost: x\r\nauthorization: Bearer wrong\r\n\r\n',
  'send a body nobody reads':
    'POST /v1/notifications HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\ncontent-type: application/json\r\n\r\n{',
  'send a provider’s body a byte a minute':
    'POST /v1/providers/mmg/status HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n{',
};

describe.each(Object.entries(held))('Connections that %s', (_what, bytes) => {
  it('are few, however many are opened, and keep no caller out', async () => {
    const { hold, open, ask, connections } = await listening();
    await hold(400, bytes);
    expect(await connections()).toBeLessThanOrEqual(maxConnections);
    for (const path of ['/v1/notifications', '/healthz', '/metrics'])
      expect(await ask(await open(), undefined, path)).toBe('HTTP/1.1 200 OK');
  });

  it('do not end one on which somebody known has called', async () => {
    const { hold, open, ask } = await listening();
    const known = await open();
    expect(await ask(known)).toBe('HTTP/1.1 200 OK');
    await hold(400, bytes);
    expect(await ask(known)).toBe('HTTP/1.1 200 OK');
  });
});

test('known callers that leave their connections open keep nobody out, the longest idle gives way', async () => {
  const { open, ask, connections } = await listening();
  const known: Socket[] = [];
  for (let index = 0; index < maxConnections + 5; index += 1) {
    const socket = await open();
    expect(await ask(socket)).toBe('HTTP/1.1 200 OK');
    known.push(socket);
  }
  await until('five are closed', () => known.filter(({ closed }) => closed).length === 5);
  expect(known.slice(0, 5).every(({ closed }) => closed)).toBe(true);
  expect(await connections()).toBe(maxConnections);
});

test('no connection is silent for ever', async () => {
  const { app } = await createTestApp();
  const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = app.server;
  expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout }).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    // Longer than the 120 s that a test of a callback may take.
    timeout: 150_000,
  });
});
