// Connections, on real sockets and with a real name server: whatever a URL says, closed addresses are never connected to.
import type { Exchange } from '../../src/domain/attempt.ts';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';
import { startCountingReceiver, type CountingReceiver } from './counting-receiver.ts';
import { startDnsServer, type DnsServer } from './dns-server.ts';
import { startRawServer } from './raw-server.ts';

const open = '127.0.0.1';
// Linux has all of 127.0.0.0/8, others only its first.
const closed = process.platform === 'linux' ? '127.0.0.2' : '::1';
const name = 'callbacks.customer.example';

let receiver: CountingReceiver;
let forbidden: CountingReceiver;
let dns: DnsServer | undefined;

beforeEach(async () => {
  receiver = await startCountingReceiver(open);
  forbidden = await startCountingReceiver(closed, receiver.port);
});
afterEach(async () => {
  await receiver.stop();
  await forbidden.stop();
  await dns?.stop();
  dns = undefined;
});

type Attempt = { allow?: string[]; allowHttp?: boolean; port?: number };

async function attempt(
  host: string,
  { allow = [], allowHttp = true, port = receiver.port }: Attempt = {},
): Promise<Exchange> {
  const agent = createGuardedAgent(
    createEgressPolicy({ allow, allowHttp }),
    dns ? { resolver: dns.resolver } : {},
  );
  const request = {
    method: 'POST' as const,
    url: `http://${host}:${port}/`,
    headers: {},
    body: '{}',
    timeoutMs: 5_000,
  };
  const exchange = await createHttpSender(agent).send(request, new AbortController().signal);
  await agent.destroy();
  return exchange;
}

const connections = () => [receiver.connections(), forbidden.connections()];

describe('A connection', () => {
  test.each([
    ...['127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001'],
    ...['0177.0.0.1', '%31%32%37.0.0.1', '１２７.0.0.1', '0.0.0.0', '0', '127.0.0.2'],
    ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:1]', '[::7f00:1]'],
    ...['[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fe80::1]'],
    ...[
      '10.0.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '192.0.2.1',
      '240.0.0.1',
      '255.255.255.255',
      '224.0.0.1',
    ],
  ])('to %s is refused before anything is sent', async (host) => {
    const { failure, response } = await attempt(host);
    expect(failure).toMatchObject({ outcome: 'refused' });
    expect(failure?.reason).toMatch(/^Refused: [^ ]+ is not a public address \(.+\)\.$/);
    expect([response, ...connections()]).toEqual([null, 0, 0]);
  });

  test.each(['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'metadata.google.internal'])(
    'to %s is refused by its name',
    async (host) => {
      expect(await attempt(host)).toMatchObject({
        failure: { outcome: 'refused', reason: expect.stringMatching(/^Refused: [^ ]+ is a /) as string },
      });
      expect(connections()).toEqual([0, 0]);
    },
  );

  test('to an opened range is made, also by name', async () => {
    const allow = ['127.0.0.0/8', '::1/128'];
    expect((await attempt(open, { allow })).response).toMatchObject({ status: 200 });
    expect((await attempt('[::ffff:127.0.0.1]', { allow })).response).toMatchObject({ status: 200 });
    expect((await attempt('localhost', { allow })).response).toMatchObject({ status: 200 });
    expect(connections()[0]).toBe(3);
  });

  test('without TLS is refused where it was configured while it was allowed', async () => {
    expect((await attempt(open, { allow: ['127.0.0.0/8'], allowHttp: false })).failure).toEqual({
      outcome: 'refused',
      reason: 'Refused: the URL must start with https://.',
    });
    expect(connections()).toEqual([0, 0]);
  });
});

test('A connection to a port that is no longer allowed is refused where it was configured while it was', async () => {
  expect((await attempt(open, { allow: ['127.0.0.0/8'], port: 25 })).failure).toEqual({
    outcome: 'refused',
    reason:
      'Refused: the URL must use port 80, 443 or one from 1024 up: the operator has not allowed port 25 (EGRESS_PORTS).',
  });
});

describe('A connection to a name', () => {
  const allow = [`${open}/32`];
  const refused = {
    failure: {
      outcome: 'refused',
      // Neither the address nor what it is in our network.
      reason: `Refused: ${name} resolves to an address that is not public.`,
    },
    response: null,
  };

  test('that is rebound between its resolutions goes to the address that was checked, and the next is refused', async () => {
    dns = await startDnsServer((_name, time) => [time === 1 ? open : closed]);

    expect(await attempt(name, { allow })).toMatchObject({ failure: null, response: { status: 200 } });
    expect([dns.timesAsked(name), ...connections()]).toEqual([1, 1, 0]);

    expect(await attempt(name, { allow })).toMatchObject(refused);
    expect([dns.timesAsked(name), ...connections()]).toEqual([2, 1, 0]);
  });

  test('that turns at every answer never reaches the closed address, however often it is tried', async () => {
    dns = await startDnsServer((_name, time) => [time % 2 === 1 ? open : closed]);
    const outcomes: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      const { failure } = await attempt(name, { allow });
      outcomes.push(failure?.outcome ?? 'answered');
    }
    expect(outcomes).toEqual(['answered', 'refused', 'answered', 'refused', 'answered', 'refused']);
    expect(connections()).toEqual([3, 0]);
  });

  test.each([
    ['first', [closed, open]],
    ['last', [open, closed]],
    ['amid public ones', [open, '93.184.216.34', closed, '1.1.1.1']],
    ['of the other family', [open, 'fd00::1']],
    ['in the clothes of IPv6', [open, '::ffff:10.0.0.1']],
    ['behind NAT64', [open, '64:ff9b::a00:1']],
    ['behind 6to4', [open, '2002:a00:1::1']],
  ])('is refused when only one of its addresses is closed, %s', async (_where, addresses) => {
    dns = await startDnsServer(() => addresses);
    expect(await attempt(name, { allow })).toMatchObject(refused);
    expect(connections()).toEqual([0, 0]);
  });

  test('is made when all of them are open, to the one that answers', async () => {
    dns = await startDnsServer(() => ['127.0.0.3', open].slice(process.platform === 'linux' ? 0 : 1));
    const exchange = await attempt(name, { allow: [...allow, '127.0.0.3/32'] });
    expect(exchange).toMatchObject({ failure: null, response: { status: 200 } });
    expect(receiver.seen[0]?.host).toBe(`${name}:${receiver.port}`);
  });

  test('that has no address says so', async () => {
    dns = await startDnsServer(() => []);
    expect((await attempt(name, { allow })).failure).toEqual({
      outcome: 'connect_error',
      reason: 'The exchange failed: the host name does not exist.',
    });
  });
});

test('an interim answer that nobody asked for does not spoil the answer behind it', async () => {
  const server = await startRawServer((socket) =>
    socket.on('data', () =>
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    ),
  );

  const exchange = await attempt('127.0.0.1', { allow: ['127.0.0.0/8'], port: server.port });
  await server.stop();

  expect(exchange).toMatchObject({ failure: null, response: { status: 200 } });
});
