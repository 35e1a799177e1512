import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { createEgressPolicy } from '../../src/net/egress/egress-policy.ts';
import { specialPurposeAddresses } from '../../src/net/egress/special-purpose-addresses.ts';

const strict = createEgressPolicy({ allow: [], allowHttp: false });

describe('The addresses that may be connected to', () => {
  // Beside well-known ones: the last before each block, and the first behind it.
  test.each([
    ...['1.0.0.0', '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '93.184.216.34'],
    ...['100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '168.63.129.15', '168.63.129.17'],
    ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0'],
    ...['192.0.1.255', '192.0.3.0', '192.31.195.255', '192.31.197.0', '192.52.192.255', '192.52.194.0'],
    ...['192.88.98.255', '192.88.100.0', '192.167.255.255', '192.169.0.0', '192.175.47.255', '192.175.49.0'],
    ...['198.17.255.255', '198.20.0.0', '198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0'],
    ...['223.255.255.255', '2000::', '2001:200::', '2001:db7:ffff::1', '2001:db9::', '2003::', '2400::1'],
    ...['2606:2800:220:1:248:1893:25c8:1946', '2620:4f:7fff::1', '2620:4f:8001::1', '2a00:1450:4001::1'],
    ...['3ffe:ffff::1', '3fff:1000::', '::ffff:93.184.216.34', '::ffff:5db8:d822', '0:0:0:0:0:FFFF:101:101'],
    // NAT64 of a public IPv4 address: how a network without IPv4 reaches it.
    ...['64:ff9b::93.184.216.34', '64:ff9b::808:808'],
  ])('%s is public', (address) => {
    expect(strict.addressObjection(address)).toBeNull();
  });

  test.each([
    ['this network, RFC 791', ['0.0.0.1', '0.255.255.255']],
    ['this host, RFC 1122', ['0.0.0.0']],
    ['private use, RFC 1918', ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255']],
    ['private use, RFC 1918', ['192.168.0.0', '192.168.255.255']],
    ['shared address space, RFC 6598', ['100.64.0.0', '100.100.100.200', '100.127.255.255']],
    ['loopback, RFC 1122', ['127.0.0.0', '127.0.0.1', '127.255.255.255']],
    ['link local, RFC 3927', ['169.254.0.0', '169.254.169.254', '169.254.255.255']],
    ['IETF protocol assignments, RFC 6890', ['192.0.0.11', '192.0.0.192', '192.0.0.255']],
    ['IPv4 service continuity, RFC 7335', ['192.0.0.0', '192.0.0.7']],
    ['IPv4 dummy address, RFC 7600', ['192.0.0.8']],
    ['port control protocol anycast, RFC 7723', ['192.0.0.9', '2001:1::1']],
    ['TURN anycast, RFC 8155', ['192.0.0.10', '2001:1::2']],
    ['NAT64 discovery, RFC 8880', ['192.0.0.170', '192.0.0.171']],
    ['documentation, RFC 5737', ['192.0.2.0', '192.0.2.255', '198.51.100.0', '198.51.100.255']],
    ['documentation, RFC 5737', ['203.0.113.0', '203.0.113.255']],
    ['AS112, RFC 7535', ['192.31.196.0', '192.31.196.255', '2001:4:112::', '2001:4:112:ffff::']],
    ['AMT, RFC 7450', ['192.52.193.0', '192.52.193.255', '2001:3::', '2001:3:ffff::']],
    ['deprecated 6to4 relay anycast, RFC 7526', ['192.88.99.0', '192.88.99.1', '192.88.99.255']],
    ['6a44 relay anycast, RFC 6751', ['192.88.99.2']],
    ['AS112, RFC 7534', ['192.175.48.0', '192.175.48.255', '2620:4f:8000::', '2620:4f:8000:ffff::']],
    ['benchmarking, RFC 2544', ['198.18.0.0', '198.19.255.255']],
    ['multicast, RFC 5771', ['224.0.0.0', '239.255.255.255']],
    ['reserved, RFC 1112', ['240.0.0.0', '255.255.255.254']],
    ['limited broadcast, RFC 919', ['255.255.255.255']],
    ['platform services, Microsoft Azure', ['168.63.129.16']],
    ['unspecified, RFC 4291', ['::', '0:0:0:0:0:0:0:0']],
    ['loopback, RFC 4291', ['::1', '0:0:0:0:0:0:0:1']],
    ['IPv4-compatible, RFC 4291', ['::127.0.0.1', '::7f00:1', '::93.184.216.34', '::2']],
    ['IPv4-translated, RFC 2765', ['::ffff:0:127.0.0.1', '::ffff:0:808:808']],
    ['local-use NAT64, RFC 8215', ['64:ff9b:1::', '64:ff9b:1::8.8.8.8', '64:ff9b:1:ffff:7f:0:100:0']],
    ['discard only, RFC 6666', ['100::', '100::ffff:ffff:ffff:ffff']],
    ['dummy prefix, RFC 9780', ['100:0:0:1::1']],
    ['IETF protocol assignments, RFC 2928', ['2001:1::4', '2001:5::1', '2001:1ff:ffff::1']],
    ['Teredo, RFC 4380', ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:0:ffff::f7f7:f7f7']],
    ['DNS-SD registration anycast, RFC 9665', ['2001:1::3']],
    ['benchmarking, RFC 5180', ['2001:2::', '2001:2:0:ffff::']],
    ['deprecated ORCHID, RFC 4843', ['2001:10::', '2001:1f:ffff::']],
    ['ORCHIDv2, RFC 7343', ['2001:20::', '2001:2f:ffff::']],
    ['drone remote id, RFC 9374', ['2001:30::', '2001:3f:ffff::']],
    ['documentation, RFC 3849', ['2001:db8::', '2001:db8:ffff::1']],
    ['6to4, RFC 3056', ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2002:808:808::1']],
    ['documentation, RFC 9637', ['3fff::', '3fff:fff:ffff::1']],
    ['SRv6 segments, RFC 9602', ['5f00::', '5f00:ffff::1']],
    ['unique local, RFC 4193', ['fc00::', 'fd00:ec2::254', 'fd20:ce::254', 'fdff:ffff::1']],
    ['link local, RFC 4291', ['fe80::1', 'fe80::1%eth0', 'febf:ffff::1']],
    ['deprecated site local, RFC 3879', ['fec0::1', 'feff:ffff::1']],
    ['multicast, RFC 4291', ['ff00::', 'ff02::1', 'ffff:ffff::1']],
    ['no global unicast, RFC 4291', ['::1:0:0', '200::1', '1fff:ffff::1', '4000::1', '8000::1', 'fe00::1']],
    // In the clothes of IPv6, judged by what they embed.
    ['loopback, RFC 1122', ['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:1', '64:ff9b::7f00:1']],
    [
      'private use, RFC 1918',
      ['::ffff:10.0.0.1', '::FFFF:C0A8:101', '64:ff9b::10.0.0.1', '64:ff9b::c0a8:101'],
    ],
    ['link local, RFC 3927', ['::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe']],
    ['shared address space, RFC 6598', ['::ffff:100.64.0.1', '64:ff9b::6464:64c8']],
  ])('of %s, none is: %j', (words, addresses) => {
    for (const address of addresses)
      expect([address, strict.addressObjection(address)]).toEqual([
        address,
        `is not a public address (${words})`,
      ]);
  });

  test.each([
    '0x7f.1',
    '2130706433',
    '010.8.8.8',
    '8.8.8',
    '08.8.8.8',
    '8.8.8.8 ',
    '[::1]',
    'example.com',
    '',
  ])('%j is no address: only the one spelling that every reader reads alike is', (text) => {
    expect(strict.addressObjection(text)).toBe('is not an IP address');
  });

  test('with a zone, even a public one is refused', () => {
    expect(strict.addressObjection('2606:4700::1111%eth0')).toMatch(/^has a zone/);
  });

  test('nothing is public that an independent list knows to be special', () => {
    const first = fc.constantFrom(...specialPurposeAddresses.map(([cidr]) => ipaddr.parseCIDR(cidr)));
    const within = fc
      .tuple(first, fc.uint8Array({ minLength: 16, maxLength: 16 }))
      .map(([[start, bits], tail]) => {
        const bytes = start.toByteArray();
        // The bits behind the prefix are anything.
        const mixed = bytes.map((byte, at) => {
          const fixed = Math.min(8, Math.max(0, bits - at * 8));
          return byte ^ ((tail[at] ?? 0) & (0xff >> fixed));
        });
        return ipaddr.fromByteArray(mixed);
      });
    fc.assert(
      fc.property(within, (address) => {
        fc.pre(!['unicast', 'rfc6052'].includes(ipaddr.process(address.toString()).range()));
        expect(strict.addressObjection(address.toString())).not.toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('What EGRESS_ALLOW opens', () => {
  const policy = createEgressPolicy({
    allow: ['10.1.0.0/16', 'fd00::/8', '64:ff9b::a02:0/112', 'fe80::/10', '2002:a01::/32'],
    allowHttp: false,
  });

  test.each(['10.1.0.0', '10.1.255.255', '::ffff:10.1.2.3', 'fd12::1', '64:ff9b::10.2.0.1', 'fe80::1%eth0'])(
    '%s is open',
    (address) => {
      expect(policy.addressObjection(address)).toBeNull();
    },
  );

  test.each(['10.0.255.255', '10.2.0.0', '::ffff:10.2.0.0', 'fc00::1', '64:ff9b::10.3.0.1', '2002:a02::1'])(
    '%s, which lies beside it, is not',
    (address) => {
      expect(policy.addressObjection(address)).toMatch(/^is not a public address/);
    },
  );

  test('an IPv4 range does not open what only a translator could reach of it', () => {
    expect(policy.addressObjection('64:ff9b::10.1.0.1')).toMatch(/^is not a public address/);
    expect(policy.addressObjection('2002:a01::1')).toBeNull();
  });
});
