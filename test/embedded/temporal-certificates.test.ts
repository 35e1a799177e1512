// The certificates of the embedded Temporal, as Node and OpenSSL's rules read them.
import { X509Certificate } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporalCertificates } from '../../src/embedded/temporal-certificates.ts';
import { removeHome, temporaryFolder } from './temporary-folder.ts';

const dayMs = 24 * 60 * 60 * 1000;
const now = new Date('2026-06-15T11:30:00Z');
const later = (days: number): Date => new Date(now.getTime() + days * dayMs);

let home = '';
beforeEach(async () => {
  home = await temporaryFolder();
});
afterEach(() => removeHome(home));

const folder = () => join(home, 'tls');
const made = (at = now) => temporalCertificates(folder(), at);
const read = async (path: string) => new X509Certificate(await readFile(path));
const serialOf = async (at: Date) => (await read((await made(at)).frontend.certFile)).serialNumber;

test('each is signed by the home’s authority, for what it is used for, under a name that is nobody’s', async () => {
  const files = await made();
  const ca = await read(files.caFile);
  expect(ca.ca).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  const uses = {
    frontend: ['1.3.6.1.5.5.7.3.1'],
    internode: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
    worker: ['1.3.6.1.5.5.7.3.2'],
    app: ['1.3.6.1.5.5.7.3.2'],
    ui: ['1.3.6.1.5.5.7.3.2'],
  };
  for (const [holder, use] of Object.entries(uses) as [keyof typeof uses, string[]][]) {
    const certificate = await read(files[holder].certFile);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect([holder, certificate.keyUsage]).toEqual([holder, use]);
    expect(certificate.checkHost(files.serverName)).toBe(
      use.includes('1.3.6.1.5.5.7.3.1') ? files.serverName : undefined,
    );
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  }
});

test('a start keeps them for a year, and then makes new ones that are good for four more at least', async () => {
  const serial = await serialOf(now);
  expect(await serialOf(later(364))).toBe(serial);
  const renewed = await serialOf(later(366));
  expect(renewed).not.toBe(serial);
  const { validFrom, validTo } = await read((await made(later(366))).app.certFile);
  expect(Date.parse(validFrom)).toBeLessThanOrEqual(later(366).getTime());
  expect(Date.parse(validTo)).toBeGreaterThan(later(366 + 4 * 365).getTime());
});

test.each([
  ['missing', (path: string) => rm(path)],
  ['cut off', (path: string) => writeFile(path, '-----BEGIN')],
  [
    'that of another home',
    async (path: string) => {
      const other = await temporalCertificates(join(home, 'other'), now);
      await writeFile(path, await readFile(other.app.certFile));
    },
  ],
])('a file that is %s has all of them made anew', async (_, spoil) => {
  const serial = await serialOf(now);
  await spoil((await made()).app.certFile);
  expect(await serialOf(now)).not.toBe(serial);
});

test('they are also made for years that are written with four digits', async () => {
  const { validTo } = await read((await made(new Date('2048-01-01T00:00:00Z'))).app.certFile);
  expect(new Date(validTo).getUTCFullYear()).toBe(2052);
});
