import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createGuardedAgent } from '../../src/net/guarded-agent.ts';
import { createHttpSender } from '../../src/net/http-sender.ts';

const strict = createEgressPolicy({ allow: [], allowHttp: true });

describe('The addresses that may be connected to', () => {
  test.each(['93.184.216.34', '1.1.1.1', '2606:2800:220:1:248:1893:25c8:1946', '::ffff:93.184.216.34'])(
    '%s is public',
    (address) => {
      expect(strict.addressObjection(address)).toBeNull();
    },
  );

  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '192.0.2.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'no address at all',
  ])('%s is not', (address) => {
    expect(strict.addressObjection(address)).not.toBeNull();
  });

  test('an opened range is open, what lies beside it is not, and an IPv4 address in IPv6 clothes counts as itself', () => {
    const policy = createEgressPolicy({ allow: ['10.1.0.0/16', 'fd00::/8'], allowHttp: false });
    expect(policy.addressObjection('10.1.255.255')).toBeNull();
    expect(policy.addressObjection('::ffff:10.1.2.3')).toBeNull();
    expect(policy.addressObjection('fd12::1')).toBeNull();
    expect(policy.addressObjection('10.2.0.0')).not.toBeNull();
    expect(policy.addressObjection('fc00::1')).not.toBeNull();
  });

  test('no private IPv4 address gets through, whatever it is written as', () => {
    const privates = fc.oneof(
      fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
    );
    fc.assert(
      fc.property(privates, ([a, b, c, d]) => {
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const hex = number.toString(16).padStart(8, '0');
        const spellings = [
          `${a}.${b}.${c}.${d}`,
          String(number),
          `0x${hex}`,
          `0${number.toString(8)}`,
          `${a}.${(b * 256 + c) * 256 + d}`,
          `0${a.toString(8)}.0x${b.toString(16)}.${c}.${d}`,
          `[::ffff:${a}.${b}.${c}.${d}]`,
          `[::ffff:${hex.slice(0, 4)}:${hex.slice(4)}]`,
        ];
        for (const spelling of spellings) expect(strict.objection(`http://${spelling}/`)).not.toBeNull();
      }),
    );
  });
});

describe('What is said against a URL before it is stored', () => {
  const policy = createEgressPolicy({ allow: [], allowHttp: false });

  test.each([
    ['https://example.com/callbacks?x=1', null],
    ['https://example.com:8443/', null],
    ['http://example.com/', 'must start with https://'],
    ['ftp://example.com/', 'must start with https://'],
    ['file:///etc/passwd', 'must start with https://'],
    ['javascript:alert(1)', 'must start with https://'],
    ['example.com', 'is not a URL'],
    ['https://', 'is not a URL'],
    ['https://user@example.com/', 'must not hold a user name or password'],
    ['https://:secret@example.com/', 'must not hold a user name or password'],
    ['https://127.0.0.1/', 'is not a public address (loopback)'],
    ['https://2130706433/', 'is not a public address (loopback)'],
    ['https://0x7f.1/', 'is not a public address (loopback)'],
    ['https://0177.0.0.1/', 'is not a public address (loopback)'],
    ['https://127.1/', 'is not a public address (loopback)'],
    ['https://[::1]/', 'is not a public address (loopback)'],
    ['https://[::ffff:10.0.0.1]/', 'is not a public address (private)'],
    ['https://169.254.169.254/latest/meta-data', 'is not a public address (linkLocal)'],
  ])('%s: %s', (url, objection) => {
    expect(policy.objection(url)).toBe(objection);
  });

  test('plain http is let through when it is allowed, and other schemes still are not', () => {
    expect(strict.objection('http://example.com/')).toBeNull();
    expect(strict.objection('ftp://example.com/')).toBe('must start with https://');
  });
});

describe('A connection', () => {
  let port: number;
  let seen: number;
  const server = createServer((_request, response) => {
    seen += 1;
    response.end('ok');
  });
  beforeAll(async () => {
    server.listen(0);
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    seen = 0;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function attempt(host: string, allow: string[] = []) {
    const agent = createGuardedAgent(createEgressPolicy({ allow, allowHttp: true }));
    const url = `http://${host}:${port}/`;
    const request = { url, headers: {}, body: '{}', timeoutMs: 5_000 };
    const exchange = await createHttpSender(agent).send(request, new AbortController().signal);
    await agent.destroy();
    return exchange;
  }

  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '0.0.0.0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::]',
    'localhost',
    'LOCALHOST',
  ])('to %s is refused before anything is sent', async (host) => {
    const { failure, response } = await attempt(host);
    expect(failure).toMatchObject({ outcome: 'refused' });
    expect(failure?.reason).toMatch(/^Refused: .*is not a public address/);
    expect([response, seen]).toEqual([null, 0]);
  });

  test('to an opened range is made, also by name', async () => {
    const loopback = ['127.0.0.0/8', '::1/128'];
    expect((await attempt('127.0.0.1', loopback)).response).toMatchObject({ status: 200 });
    expect((await attempt('localhost', loopback)).response).toMatchObject({ status: 200 });
  });

  test('to a name is refused when only one of its addresses is closed', async () => {
    const policy = createEgressPolicy({ allow: ['127.0.0.0/8', '::1/128'], allowHttp: true });
    let asked = 0;
    const agent = createGuardedAgent({
      ...policy,
      addressObjection: () => (++asked > 0 ? 'is closed for this test' : null),
    });
    const request = { url: `http://localhost:${port}/`, headers: {}, body: '{}', timeoutMs: 5_000 };
    const { failure } = await createHttpSender(agent).send(request, new AbortController().signal);
    expect(failure?.reason).toBe('Refused: localhost resolves to an address that is closed for this test.');
    await agent.destroy();
  });
});
