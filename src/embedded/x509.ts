// Makes X.509 certificates (RFC 5280): Node reads them and makes keys and signatures, but no certificates. It writes the
// one shape that is needed here, EC P-256 signed by ECDSA with SHA-256, and reads none.
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';

export type CertificateRequest = {
  commonName: string;
  publicKey: KeyObject;
  /** What it may be shown for; an authority signs others instead. */
  use:
    | { kind: 'authority' }
    | { kind: 'end'; isServer: boolean; isClient: boolean; dnsNames: readonly string[] };
  validFrom: Date;
  validUntil: Date;
};

export type Issuer = { commonName: string; publicKey: KeyObject; privateKey: KeyObject };

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

/** The certificate in PEM, signed by `issuer`, which is the certified one itself for an authority. */
export function makeCertificate(request: CertificateRequest, issuer: Issuer): string {
  const { commonName, publicKey, validFrom, validUntil } = request;
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    name(issuer.commonName),
    sequence(time(validFrom), time(validUntil)),
    name(commonName),
    spkiOf(publicKey),
    tagged(0xa3, sequence(...extensionsOf(request, issuer))),
  );
  const signature = sign('sha256', toBeSigned, issuer.privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bitString(signature, 0));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extensionsOf({ publicKey, use }: CertificateRequest, issuer: Issuer): Buffer[] {
  const subjectKey = extension('551d0e', false, tagged(0x04, keyId(publicKey)));
  const authorityKey = extension('551d23', false, sequence(tagged(0x80, keyId(issuer.publicKey))));
  if (use.kind === 'authority')
    return [
      extension('551d13', true, sequence(tagged(0x01, Buffer.from([0xff])))),
      // Signs certificates, and nothing else.
      extension('551d0f', true, bitString(Buffer.from([0x04]), 2)),
      subjectKey,
    ];
  const purposes = [
    ...(use.isServer ? [oid('2b06010505070301')] : []),
    ...(use.isClient ? [oid('2b06010505070302')] : []),
  ];
  const names = use.dnsNames.map((dnsName) => tagged(0x82, Buffer.from(dnsName, 'ascii')));
  return [
    extension('551d13', true, sequence()),
    // Signs what is said in a handshake.
    extension('551d0f', true, bitString(Buffer.from([0x80]), 7)),
    extension('551d25', false, sequence(...purposes)),
    ...(names.length > 0 ? [extension('551d11', false, sequence(...names))] : []),
    subjectKey,
    authorityKey,
  ];
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [tagged(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...critical, tagged(0x04, value));
}

function name(commonName: string): Buffer {
  const attribute = sequence(oid('550403'), tagged(0x0c, Buffer.from(commonName, 'utf8')));
  return sequence(tagged(0x31, attribute));
}

/** Two digits of the year until 2049, four from then on. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : tagged(0x18, Buffer.from(digits, 'ascii'));
}

function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha256').update(spkiOf(publicKey)).digest().subarray(0, 20);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

/** Of big-endian bytes; never negative, and without superfluous zeros in front. */
function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = bytes.subarray(first === -1 ? bytes.length - 1 : first);
  return tagged(0x02, ...((significant[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), significant);
}

function bitString(bytes: Buffer, unusedBits: number): Buffer {
  return tagged(0x03, Buffer.from([unusedBits]), bytes);
}

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  if (length > 0xffff) throw new Error('A certificate of more than 64 KiB is not made here.');
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
