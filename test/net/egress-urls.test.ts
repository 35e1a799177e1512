import fc from 'fast-check';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';

const strict = createEgressPolicy({ allow: [], allowHttp: false });

const loopback = 'is not a public address (loopback, RFC 1122)';
const loopback6 = 'is not a public address (loopback, RFC 4291)';
const linkLocal = 'is not a public address (link local, RFC 3927)';
const privateUse = 'is not a public address (private use, RFC 1918)';
const thisMachine = 'is a name of this machine';
const google = 'is a cloud metadata service (Google)';
const amazon = 'is a cloud metadata service (Amazon)';
const tencent = 'is a cloud metadata service (Tencent)';
const internal = 'is a name of private networks (ICANN, .internal)';
const local = 'is a name of the local link (RFC 6762)';

describe('What is said against a URL before it is stored', () => {
  test.each([
    ['https://example.com/callbacks?x=1', null],
    ['https://example.com:8443/', null],
    ['https://93.184.216.34/', null],
    ['https://0x5db8d822/', null],
    ['https://1572395042/', null],
    ['https://[2606:4700::1111]/', null],
    ['https://[64:ff9b::808:808]/', null],
    ['https://127.0.0.1.example.com/', null],
    ['https://localhost.example.com/', null],
    ['https://notlocalhost/', null],
    ['https://internal.example.com/', null],
    ['https://metadata.example.com/', null],
    ['https://mylocal/', null],
    ['http://example.com/', 'must start with https://'],
    ['ftp://example.com/', 'must start with https://'],
    ['file:///etc/passwd', 'must start with https://'],
    ['javascript:alert(1)', 'must start with https://'],
    ['example.com', 'is not a URL'],
    ['https://', 'is not a URL'],
    ['https://1.2.3.256/', 'is not a URL'],
    ['https://4294967296/', 'is not a URL'],
    ['https://0x100000000/', 'is not a URL'],
    ['https://1.2.3.4.5/', 'is not a URL'],
    ['https://[fe80::1%25eth0]/', 'is not a URL'],
    ['https://[fe80::1%eth0]/', 'is not a URL'],
    ['https://[::1/', 'is not a URL'],
    ['https://user@example.com/', 'must not hold a user name or password'],
    ['https://:secret@example.com/', 'must not hold a user name or password'],
    ['https://example.com@127.0.0.1/', 'must not hold a user name or password'],
    ['https://127.0.0.1/', loopback],
    ['https://127.0.0.1:8443/', loopback],
    ['https://127.0.0.1./', loopback],
    ['https://2130706433/', loopback],
    ['https://0x7f000001/', loopback],
    ['https://0X7F000001/', loopback],
    ['https://0x7f.1/', loopback],
    ['https://0x7f.0x0.0x0.0x1/', loopback],
    ['https://0177.0.0.1/', loopback],
    ['https://0177.0.0.01/', loopback],
    ['https://017700000001/', loopback],
    ['https://00000177.0.0.1/', loopback],
    ['https://127.1/', loopback],
    ['https://127.0.1/', loopback],
    ['https://127.0x1/', loopback],
    ['https://%31%32%37.0.0.1/', loopback],
    ['https://１２７.０.０.１/', loopback],
    ['https://127。0。0。1/', loopback],
    ['https://①②⑦.0.0.1/', loopback],
    ['https:127.0.0.1', loopback],
    ['https:\\\\127.0.0.1\\', loopback],
    ['https://0/', 'is not a public address (this host, RFC 1122)'],
    ['https://[::]/', 'is not a public address (unspecified, RFC 4291)'],
    ['https://[::1]/', loopback6],
    ['https://[0:0:0:0:0:0:0:1]/', loopback6],
    ['https://[0000:0000:0000:0000:0000:0000:0000:0001]/', loopback6],
    ['https://[::ffff:127.0.0.1]/', loopback],
    ['https://[::ffff:7f00:1]/', loopback],
    ['https://[::FFFF:10.0.0.1]/', privateUse],
    ['https://[64:ff9b::7f00:1]/', loopback],
    ['https://[64:ff9b::10.0.0.1]/', privateUse],
    ['https://[2002:7f00:1::]/', 'is not a public address (6to4, RFC 3056)'],
    ['https://[2001:0:53aa:64c:0:7cff:80ff:fffe]/', 'is not a public address (Teredo, RFC 4380)'],
    ['https://[::7f00:1]/', 'is not a public address (IPv4-compatible, RFC 4291)'],
    ['https://[fe80::1]/', 'is not a public address (link local, RFC 4291)'],
    ['https://[fd00:ec2::254]/latest/meta-data', 'is not a public address (unique local, RFC 4193)'],
    ['https://169.254.169.254/latest/meta-data', linkLocal],
    ['https://2852039166/', linkLocal],
    ['https://0xa9fea9fe/', linkLocal],
    ['https://0251.0376.0251.0376/', linkLocal],
    ['https://169.254.43518/', linkLocal],
    ['https://[::ffff:a9fe:a9fe]/', linkLocal],
    ['https://100.100.100.200/', 'is not a public address (shared address space, RFC 6598)'],
    ['https://168.63.129.16/', 'is not a public address (platform services, Microsoft Azure)'],
    ['https://192.168.257/', privateUse],
    ['https://localhost/', thisMachine],
    ['https://LOCALHOST:8443/', thisMachine],
    ['https://localhost./', thisMachine],
    ['https://localhost../', thisMachine],
    ['https://ｌｏｃａｌｈｏｓｔ/', thisMachine],
    ['https://%6cocalhost/', thisMachine],
    ['https://a.b.localhost/', thisMachine],
    ['https://A.LocalHost./', thisMachine],
    ['https://localhost.localdomain/', thisMachine],
    ['https://ip6-localhost/', thisMachine],
    ['https://ip6-loopback/', thisMachine],
    ['https://metadata/computeMetadata/v1/', google],
    ['https://metadata.google.internal/computeMetadata/v1/', google],
    ['https://Metadata.Google.Internal./', google],
    ['https://instance-data/latest/meta-data', amazon],
    ['https://instance-data.ec2.internal/', amazon],
    ['https://metadata.tencentyun.com/', tencent],
    ['https://ip-10-0-0-1.ec2.internal/', internal],
    ['https://intranet.internal./', internal],
    ['https://printer.local/', local],
    ['https://kubernetes.default.svc.cluster.local/', local],
    ['https://nas.home.arpa/', 'is a name of home networks (RFC 8375)'],
  ])('%s: %s', (url, objection) => {
    expect(strict.objection(url)).toBe(objection);
  });

  test('ports of other services need the operator’s word; 80, 443 and what is free for all do not', () => {
    for (const port of [80, 443, 1024, 8443, 65_535])
      expect(strict.objection(`https://example.com:${port}/`)).toBeNull();
    for (const port of [1, 22, 25, 110, 444, 1023])
      expect(strict.objection(`https://example.com:${port}/`)).toBe(
        `must use port 80, 443 or one from 1024 up: the operator has not allowed port ${port} (EGRESS_PORTS)`,
      );
    expect(strict.objection('https://example.com:0/')).toMatch(/^must use port/);
    const opened = createEgressPolicy({ allow: [], allowHttp: false, ports: [444] });
    expect([444, 445].map((port) => opened.objection(`https://example.com:${port}/`) === null)).toEqual([
      true,
      false,
    ]);
  });

  test('plain http is let through when it is allowed, and other schemes still are not', () => {
    const lax = createEgressPolicy({ allow: [], allowHttp: true });
    expect(lax.objection('http://example.com/')).toBeNull();
    expect(lax.objection('ftp://example.com/')).toBe('must start with https://');
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
        const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`;
        const spellings = [
          `${a}.${b}.${c}.${d}`,
          String(number),
          `0x${hex}`,
          `0${number.toString(8)}`,
          `${a}.${(b * 256 + c) * 256 + d}`,
          `0${a.toString(8)}.0x${b.toString(16)}.${c}.${d}`,
          `[::ffff:${a}.${b}.${c}.${d}]`,
          `[::ffff:${groups}]`,
          `[::${groups}]`,
          `[64:ff9b::${groups}]`,
          `[64:ff9b:1::${groups}]`,
          `[2002:${groups}::]`,
        ];
        for (const spelling of spellings) expect(strict.objection(`https://${spelling}/`)).not.toBeNull();
      }),
    );
  });
});

describe('A private name, when something is opened', () => {
  const objection = (allow: string, name: string): string | null =>
    createEgressPolicy({ allow: [allow], allowHttp: false }).objection(`https://${name}/`);

  test('is let through to the check of its addresses when one of them is open', () => {
    expect(objection('127.0.0.0/8', 'localhost')).toBeNull();
    expect(objection('::1/128', 'localhost')).toBeNull();
    expect(objection('169.254.169.254/32', 'metadata.google.internal')).toBeNull();
  });

  test('is still refused when its addresses are known, and are not', () => {
    expect(objection('10.0.0.0/8', 'localhost')).toBe(thisMachine);
    expect(objection('127.0.0.0/8', 'metadata.google.internal')).toBe(google);
    expect(objection('10.0.0.0/8', 'instance-data')).toBe(amazon);
  });

  test('is let through when nobody can know its addresses before it is resolved', () => {
    expect(objection('10.0.0.0/8', 'receiver.internal')).toBeNull();
    expect(objection('10.0.0.0/8', 'receiver.local')).toBeNull();
  });
});
