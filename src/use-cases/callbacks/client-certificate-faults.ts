import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { ClientCertificate } from '../../domain/access/credential.schema.ts';
import type { FieldError } from '../../domain/errors.ts';

const certificatePath = 'client_certificate.certificate';
const keyPath = 'client_certificate.private_key';

/** What is wrong with a client certificate and its key for certain. No message holds anything of the key. */
export function clientCertificateFaults(given: ClientCertificate, now: Date): FieldError[] {
  const chain = readChain(given.certificate);
  const key = readKey(given.private_key);
  const faults: FieldError[] = [];
  if (typeof chain === 'string') faults.push({ path: certificatePath, message: chain });
  else if (new Date(chain.validTo) <= now)
    faults.push({ path: certificatePath, message: `has expired on ${chain.validTo}` });
  else if (new Date(chain.validFrom) > now)
    faults.push({ path: certificatePath, message: `is not valid before ${chain.validFrom}` });
  if (typeof key === 'string') faults.push({ path: keyPath, message: key });
  else if (typeof chain !== 'string' && !chain.checkPrivateKey(key))
    faults.push({ path: keyPath, message: 'is not the key of the certificate' });
  return faults;
}

/** The first certificate, after all of them were read; else what is wrong. */
function readChain(pem: string): X509Certificate | string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (/PRIVATE KEY-----/.test(pem)) return 'must not hold a private key: give it as private_key';
  if (blocks.length !== (pem.match(/-----BEGIN /g) ?? []).length || blocks.length === 0)
    return 'must be one or more certificates in PEM form';
  const chain = blocks.map(readCertificate);
  const [first] = chain;
  const broken = chain.findIndex((certificate) => certificate === null);
  if (!first || broken !== -1) return `holds a certificate that cannot be read: number ${broken + 1}`;
  return first;
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    // OpenSSL's own words name offsets in the encoding; the caller says which one it is.
    return null;
  }
}

function readKey(pem: string): KeyObject | string {
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem))
    return 'must not be encrypted with a passphrase: Ringback seals it itself';
  try {
    return createPrivateKey(pem);
  } catch {
    // OpenSSL's own words could hold parts of the input.
    return 'must be a private key in PEM form';
  }
}
