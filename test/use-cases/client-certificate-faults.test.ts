import { generateKeyPairSync } from 'node:crypto';
import { clientCertificateFaults } from '../../src/use-cases/callbacks/client-certificate-faults.ts';
import { fixture } from '../support/fixture.ts';

const pem = (name: string): string => fixture(`client-certificates/${name}`);
const now = new Date('2026-06-15T11:30:00Z');
const given = { certificate: pem('one.pem'), private_key: pem('one.key') };
const faults = (changes: Partial<typeof given>, at = now) =>
  clientCertificateFaults({ ...given, ...changes }, at);
const certificateFault = (message: string) => [{ path: 'client_certificate.certificate', message }];
const keyFault = (message: string) => [{ path: 'client_certificate.private_key', message }];

test('takes a certificate with its key, and one with those that lead to its root', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ certificate: pem('one.pem') + pem('ca.pem') })).toEqual([]);
});

test('refuses the key of another certificate', () => {
  expect(faults({ private_key: pem('two.key') })).toEqual(keyFault('is not the key of the certificate'));
});

test('refuses a certificate that has expired, or is not valid yet', () => {
  expect(faults({}, new Date('2120-01-01T00:00:01Z'))).toEqual(
    certificateFault('has expired on Jan  1 00:00:00 2120 GMT'),
  );
  expect(faults({}, new Date('2019-12-31T23:59:59Z'))).toEqual(
    certificateFault('is not valid before Jan  1 00:00:00 2020 GMT'),
  );
});

test.each([
  ['text', 'no certificate at all', 'must be one or more certificates in PEM form'],
  ['a key', pem('one.key'), 'must not hold a private key: give it as private_key'],
  [
    'a certificate with its key',
    pem('one.pem') + pem('one.key'),
    'must not hold a private key: give it as private_key',
  ],
  [
    'a chain whose second certificate is broken',
    pem('one.pem') + pem('ca.pem').replace('MII', 'XXX'),
    'holds a certificate that cannot be read: number 2',
  ],
  [
    'a certificate that was cut off',
    pem('one.pem').slice(0, 200),
    'must be one or more certificates in PEM form',
  ],
])('refuses %s in place of a certificate', (_what, certificate, message) => {
  expect(faults({ certificate })).toEqual(certificateFault(message));
});

test('says so when the key is encrypted, and when it is none', () => {
  expect(faults({ private_key: pem('one-encrypted.key') })).toEqual(
    keyFault('must not be encrypted with a passphrase: Ringback seals it itself'),
  );
  for (const private_key of ['no key', pem('one.pem'), pem('one.key').replace('MI', 'XX')])
    expect(faults({ private_key })).toEqual(keyFault('must be a private key in PEM form'));
});

test('names both fields when both are wrong', () => {
  expect(faults({ certificate: 'x', private_key: 'y' }).map(({ path }) => path)).toEqual([
    'client_certificate.certificate',
    'client_certificate.private_key',
  ]);
});

test('says nothing of what a broken key holds', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const broken = text.replace('-----END', 'x-----END');
  const middle = text.slice(100, 140);
  expect(JSON.stringify(faults({ private_key: broken }))).not.toContain(middle);
});
