// Who may speak to the embedded Temporal: those who can read the keys in its home, and nobody else on the machine.
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { makeCertificate, type CertificateRequest, type Issuer } from './x509.ts';

const dayMs = 24 * 60 * 60 * 1000;
const validDays = 5 * 365;
/** With fewer days left a start makes new ones; what runs on without a start has at least so many. */
const renewedBelowDays = 4 * 365;

const authority = 'Ringback embedded Temporal authority';
/** No name that could be looked up: it is in the server's certificate and in nothing else. */
const serverName = 'temporal.ringback.internal';

type Use = { isServer: boolean; isClient: boolean };
const holders = {
  frontend: { isServer: true, isClient: false },
  // Each of Temporal's services is server and client of the others.
  internode: { isServer: true, isClient: true },
  worker: { isServer: false, isClient: true },
  app: { isServer: false, isClient: true },
  ui: { isServer: false, isClient: true },
} as const satisfies Record<string, Use>;

type Holder = keyof typeof holders;
const holderNames = Object.keys(holders) as Holder[];

export type KeyFiles = { certFile: string; keyFile: string };
export type TemporalCertificates = { caFile: string; serverName: string } & Record<Holder, KeyFiles>;

/** The certificates in `folder`, made where there are none, where one is unfit, or where they have to be renewed. */
export async function temporalCertificates(folder: string, now = new Date()): Promise<TemporalCertificates> {
  const files = filesIn(folder);
  if (!(await areFit(files, now))) await makeAll(folder, now);
  return files;
}

function filesIn(folder: string): TemporalCertificates {
  const pairs = holderNames.map((holder) => [
    holder,
    { certFile: join(folder, `${holder}.pem`), keyFile: join(folder, `${holder}-key.pem`) },
  ]);
  return {
    ...(Object.fromEntries(pairs) as Record<Holder, KeyFiles>),
    caFile: join(folder, 'ca.pem'),
    serverName,
  };
}

async function areFit(files: TemporalCertificates, now: Date): Promise<boolean> {
  try {
    const ca = new X509Certificate(await readFile(files.caFile));
    const pairs = await Promise.all(
      holderNames.map(async (holder) => ({
        certificate: new X509Certificate(await readFile(files[holder].certFile)),
        key: createPrivateKey(await readFile(files[holder].keyFile)),
      })),
    );
    const lastDay = now.getTime() + renewedBelowDays * dayMs;
    return (
      Date.parse(ca.validTo) > lastDay &&
      Date.parse(ca.validFrom) <= now.getTime() &&
      pairs.every(
        ({ certificate, key }) =>
          certificate.checkIssued(ca) && certificate.verify(ca.publicKey) && certificate.checkPrivateKey(key),
      )
    );
  } catch {
    return false;
  }
}

// Whole or not at all, in a folder beside it that then takes its place. The authority's key is not kept: what it has not
// signed here it never signs.
async function makeAll(folder: string, now: Date): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  // Made for its owner only.
  const fresh = await mkdtemp(`${folder}.`);
  const times = {
    // Clocks of one machine may be set back a little.
    validFrom: new Date(now.getTime() - dayMs),
    validUntil: new Date(now.getTime() + validDays * dayMs),
  };
  const issuer: Issuer = { commonName: authority, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  const write = (path: string, text: string): Promise<void> =>
    writeFile(path, text, { mode: 0o600, flag: 'wx' });
  const files = filesIn(fresh);
  await write(files.caFile, makeCertificate({ ...times, ...issuer, use: { kind: 'authority' } }, issuer));
  for (const holder of holderNames) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const use: CertificateRequest['use'] = {
      ...{ kind: 'end', ...holders[holder] },
      dnsNames: holders[holder].isServer ? [serverName] : [],
    };
    const { certFile, keyFile } = files[holder];
    await write(
      certFile,
      makeCertificate({ ...times, commonName: `ringback ${holder}`, publicKey, use }, issuer),
    );
    await write(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
}
