// Client certificates on real TLS connections.
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../../src/domain/credential.schema.ts';
import { createClientCertificateSenders } from '../../src/net/client-certificate-senders.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { fixture } from '../support/fixture.ts';
import { createLocalAgent } from './local-agent.ts';

const pem = (name: string): string => fixture(`client-certificates/${name}`);
const identity = (name: string): ClientCertificate => ({
  certificate: pem(`${name}.pem`),
  private_key: pem(`${name}.key`),
});
const [one, two] = [identity('one'), identity('two')];

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(
    {
      cert: pem('server.pem'),
      key: pem('server.key'),
      ca: pem('ca.pem'),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { socket } = request;
      response.end(
        socket instanceof TLSSocket && socket.authorized
          ? String(socket.getPeerCertificate().subject.CN)
          : 'nobody',
      );
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function setUp(maxSenders = 64) {
  const counts = { opened: 0, closed: 0 };
  const open = (shown?: ClientCertificate) => {
    counts.opened += 1;
    const tls = shown ? { cert: shown.certificate, key: shown.private_key } : {};
    const agent = createLocalAgent({ ca: pem('ca.pem'), ...tls });
    const close = async () => {
      counts.closed += 1;
      await agent.close();
    };
    return { sender: createHttpSender(agent), close };
  };
  const plain = open();
  const senders = createClientCertificateSenders(plain.sender, open, { maxSenders });
  const seen = async (clientCertificate?: ClientCertificate) => {
    const request = {
      url,
      method: 'POST' as const,
      headers: {},
      body: '{}',
      timeoutMs: 5_000,
      ...(clientCertificate && { clientCertificate }),
    };
    const { response, failure } = await senders.send(request, new AbortController().signal);
    return failure?.reason ?? Buffer.from(response?.body ?? []).toString();
  };
  const close = async () => {
    await senders.close();
    await plain.close();
  };
  return { counts, seen, close };
}

test('each request is seen with its own certificate or with none, whatever went before on the same origin', async () => {
  const { seen, close } = setUp();
  const identities = [one, two, undefined, one, undefined, two];
  const names: string[] = [];
  for (const each of identities) names.push(await seen(each));
  expect(names).toEqual(['one', 'two', 'nobody', 'one', 'nobody', 'two']);
  await close();
});

test('a certificate keeps its connections, and those used longest ago are closed when there are too many', async () => {
  const { seen, counts, close } = setUp(1);
  await seen(one);
  await seen(one);
  expect(counts).toEqual({ opened: 2, closed: 0 });
  await seen(two);
  expect(counts).toEqual({ opened: 3, closed: 1 });
  expect(await seen(one)).toBe('one');
  await close();
  expect(counts.closed).toBe(counts.opened);
});

test('an exchange that is under way ends in peace when its certificate has to make room', async () => {
  const { seen, close } = setUp(1);
  expect(await Promise.all([seen(one), seen(two), seen(one)])).toEqual(['one', 'two', 'one']);
  await close();
});
