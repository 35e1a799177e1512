import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { fixture } from '../support/fixture.ts';
import { until } from '../support/until.ts';
import { startConnectProxy, type ConnectProxy } from './connect-proxy.ts';
import { startCountingReceiver, type CountingReceiver } from './counting-receiver.ts';
import { startDnsServer, type DnsServer } from './dns-server.ts';
import { ok, onRequest, startRawServer } from './raw-server.ts';

const name = 'callbacks.customer.example';
const policy = createEgressPolicy({ allow: ['127.0.0.1/32'], allowHttp: true });
const forbidden = 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n';

const ours = {
  outcome: 'egress_error',
  reason: "Ringback's own network failed. This attempt does not count.",
};

let receiver: CountingReceiver;
let proxy: ConnectProxy;
let dns: DnsServer;

beforeEach(async () => {
  receiver = await startCountingReceiver('127.0.0.1');
  proxy = await startConnectProxy();
  dns = await startDnsServer(() => ['127.0.0.1']);
});
afterEach(async () => {
  await Promise.all([receiver.stop(), proxy.stop(), dns.stop()]);
});

async function attempt(url: string, { proxyUrl = proxy.url, times = 1, timeoutMs = 5_000 } = {}) {
  const agent = createGuardedAgent(policy, {
    proxy: proxyUrl,
    resolver: dns.resolver,
  });
  const request = { method: 'POST' as const, url, headers: {}, body: '{}', timeoutMs };
  const send = () => createHttpSender(agent).send(request, new AbortController().signal);
  let exchange = await send();
  for (let time = 1; time < times; time += 1) {
    // undici counts a connection as free one turn after the end of its answer.
    await new Promise(setImmediate);
    exchange = await send();
  }
  await agent.destroy();
  return exchange;
}

describe('Through an egress proxy', () => {
  test('a name is resolved here, and the proxy asked for its address only, while the receiver sees the name', async () => {
    const { response } = await attempt(`http://${name}:${receiver.port}/`);

    expect(response).toMatchObject({ status: 200 });
    expect(proxy.authorities()).toEqual([`127.0.0.1:${receiver.port}`]);
    expect(JSON.stringify(proxy.asked)).not.toContain(name);
    expect(receiver.seen[0]?.host).toBe(`${name}:${receiver.port}`);
  });

  test('a name that is rebound is asked for at the address that was checked, or refused', async () => {
    await dns.stop();
    dns = await startDnsServer((_name, time) => [time === 1 ? '127.0.0.1' : '10.0.0.1']);

    expect((await attempt(`http://${name}:${receiver.port}/`)).response).toMatchObject({ status: 200 });
    expect((await attempt(`http://${name}:${receiver.port}/`)).failure).toMatchObject({ outcome: 'refused' });
    expect(proxy.authorities()).toEqual([`127.0.0.1:${receiver.port}`]);
  });

  test.each(['http://10.0.0.1/', 'https://[::ffff:a00:1]/', 'https://metadata/', 'https://closed.example/'])(
    '%s is refused, and the proxy never hears of it',
    async (url) => {
      await dns.stop();
      dns = await startDnsServer(() => ['127.0.0.1', '10.0.0.1']);
      expect((await attempt(url)).failure).toMatchObject({ outcome: 'refused' });
      expect(proxy.asked).toEqual([]);
    },
  );

  test.each([
    ['http://93.184.216.34/', '93.184.216.34:80'],
    ['https://93.184.216.34/', '93.184.216.34:443'],
    ['https://[2606:4700::1111]/', '[2606:4700::1111]:443'],
    ['https://[2606:4700::1111]:8443/', '[2606:4700::1111]:8443'],
  ])('%s is asked for as %s', async (url, authority) => {
    await proxy.stop();
    proxy = await startConnectProxy(() => forbidden);
    expect((await attempt(url)).failure).toEqual({
      outcome: 'connect_error',
      reason: 'The exchange failed: the host may not be called from here.',
    });
    expect(proxy.authorities()).toEqual([authority]);
    await until('the refused connection is closed', () => proxy.openSockets() === 0, 3);
  });

  test('TLS is spoken with the receiver itself, under its name, and a failed handshake ends the tunnel', async () => {
    const names: string[] = [];
    const tls = createTlsServer({
      key: fixture('self-signed.pem'),
      cert: fixture('self-signed.pem'),
      SNICallback: (servername, done) => {
        names.push(servername);
        done(null);
      },
    });
    tls.listen(0, '127.0.0.1');
    await once(tls, 'listening');
    const { port } = tls.address() as AddressInfo;

    expect((await attempt(`https://${name}:${port}/`)).failure).toMatchObject({
      outcome: 'tls_error',
      reason: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') as string,
    });

    expect([names, proxy.authorities()]).toEqual([[name], [`127.0.0.1:${port}`]]);
    await until('the tunnel is closed', () => proxy.openSockets() === 0, 3);
    tls.close();
  });

  test('a tunnel is used again while it is fresh', async () => {
    const server = await startRawServer((socket) => onRequest(socket, () => socket.write(ok)));
    const { response } = await attempt(`http://${name}:${server.port}/`, { times: 3 });
    expect([response?.status, server.connections(), proxy.authorities().length]).toEqual([200, 1, 1]);
    await server.stop();
  });

  test('the next address is asked for when the proxy cannot reach the one before', async () => {
    await Promise.all([proxy.stop(), dns.stop()]);
    dns = await startDnsServer(() => ['127.0.0.1', '2606:4700::1111']);
    proxy = await startConnectProxy((authority) =>
      authority.startsWith('127.') ? 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n' : forbidden,
    );
    expect((await attempt(`http://${name}/`)).failure?.reason).toBe(
      'The exchange failed: the host cannot be reached.',
    );
    expect(proxy.authorities()).toEqual(['127.0.0.1:80', '[2606:4700::1111]:80']);
  });

  test('a name that has no address says so', async () => {
    await dns.stop();
    dns = await startDnsServer(() => []);
    expect((await attempt(`http://${name}/`)).failure?.reason).toBe(
      'The exchange failed: the host name does not exist.',
    );
  });

  test('its credential is shown to the proxy and to nobody else', async () => {
    const proxyUrl = proxy.url.replace('http://', 'http://ringback:p%40ss@');
    expect((await attempt(`http://${name}:${receiver.port}/`, { proxyUrl })).response?.status).toBe(200);
    expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('ringback:p@ss').toString('base64')}`,
    );
    expect(receiver.seen[0]).not.toHaveProperty('proxy-authorization');
  });

  test('a proxy that is away is our trouble, and the history does not say that there is one', async () => {
    const { url } = proxy;
    await proxy.stop();
    proxy = await startConnectProxy();
    expect((await attempt(`http://${name}:${receiver.port}/`, { proxyUrl: url })).failure).toEqual(ours);
    expect(receiver.connections()).toBe(0);
  });

  test.each([
    [
      'asks us for another credential',
      'HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n',
    ],
    ['is none, but a web server', 'HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n'],
    ['has a fault of its own', 'HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n'],
    ['talks garbage', '220 smtp.example ready\r\n'],
  ])('a proxy that %s is our trouble', async (_what, answer) => {
    await proxy.stop();
    proxy = await startConnectProxy(() => answer);
    expect((await attempt(`http://${name}:${receiver.port}/`)).failure).toEqual(ours);
  });

  test.each([502, 503, 504])('%d is what a proxy says of the receiver, and counts', async (status) => {
    await proxy.stop();
    proxy = await startConnectProxy(() => `HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    expect((await attempt(`http://${name}:${receiver.port}/`)).failure).toEqual({
      outcome: 'connect_error',
      reason: 'The exchange failed: the host cannot be reached.',
    });
  });

  test('a proxy that takes connections and answers nobody is our trouble', async () => {
    const silent = await startRawServer(() => undefined);
    const proxyUrl = `http://127.0.0.1:${silent.port}`;
    const url = `http://${name}:${receiver.port}/`;
    expect((await attempt(url, { proxyUrl, timeoutMs: 200 })).failure).toEqual(ours);
    await silent.stop();
  });

  test('a proxy that waits for the receiver, and answers others, is not', async () => {
    await proxy.stop();
    proxy = await startConnectProxy(() => '');
    const { failure } = await attempt(`http://${name}:${receiver.port}/`, { timeoutMs: 200 });
    expect(failure).toEqual({ outcome: 'timeout', reason: 'No connection within 0.2 seconds.' });
  });

  test('a proxy that goes away in the middle of an exchange is our trouble; a receiver that does is not', async () => {
    const server = await startRawServer((socket) =>
      onRequest(socket, (request) => {
        if (request.startsWith('POST /proxy')) void proxy.stop();
        else socket.destroy();
      }),
    );
    expect((await attempt(`http://${name}:${server.port}/receiver`)).failure).toEqual({
      outcome: 'connect_error',
      reason: 'The exchange failed: the receiver closed the connection before it answered.',
    });
    expect((await attempt(`http://${name}:${server.port}/proxy`)).failure).toEqual(ours);
    proxy = await startConnectProxy();
    await server.stop();
  });
});
