import { createVerify, X509Certificate } from 'node:crypto';

/** The fields of an SNS envelope, all of them text. */
export type SnsEnvelope = Readonly<Record<string, string>>;

const ofNotification = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const ofSubscription = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const algorithms: Readonly<Record<string, string>> = { 1: 'RSA-SHA1', 2: 'RSA-SHA256' };

/**
 * SNS retries an HTTP(S) endpoint for at most 3,600 s, a hard limit (Developer Guide, "Amazon SNS message delivery
 * retries"). Beside that its 100 requests at most may each wait 15 s for an answer; five minutes are for the clocks.
 */
export const snsEnvelopeLifeMs = (3600 + 100 * 15 + 300) * 1000;
const clockToleranceMs = 300_000;

/** All the names of an envelope's fields that anything here reads. */
export const snsFieldNames: readonly string[] = [
  ...new Set([...ofNotification, ...ofSubscription]),
  ...['SignatureVersion', 'Signature', 'SigningCertURL'],
];

/** Whether a URL is one of SNS itself; nothing else is ever asked for a certificate, or told of a subscription. */
export function isSnsUrl(url: string, path: RegExp): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, pathname, username, password } = new URL(url);
  const isPlain = protocol === 'https:' && username === '' && password === '';
  return isPlain && /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?$/.test(host) && path.test(pathname);
}

/** The URL of a certificate is no signed field: one certificate has one spelling, so that it is fetched once. */
export function isSnsCertificateUrl(url: string): boolean {
  return (
    url.length <= 300 && isSnsUrl(url, /^\/[\w.-]+\.pem$/) && new URL(url).href === url && !/[?#]/.test(url)
  );
}

/** The fields that a signature is over, without what stands beside them; null where one of them is not there. */
export function signedPartOf(envelope: SnsEnvelope): SnsEnvelope | null {
  const present = namesFor(envelope).filter((name) => envelope[name] !== undefined);
  const isWhole = namesFor(envelope).every((name) => name === 'Subject' || present.includes(name));
  return isWhole ? Object.fromEntries(present.map((name) => [name, envelope[name] ?? ''])) : null;
}

/** Whether SNS may still be delivering an envelope, by the time that it was published. */
export function isInSnsTime({ Timestamp: timestamp = '' }: SnsEnvelope, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(timestamp);
  return ageMs <= snsEnvelopeLifeMs && ageMs >= -clockToleranceMs;
}

/** Whether an envelope is signed by the key of this certificate (PEM), in either version of the signature. */
export function isSignedBySns(envelope: SnsEnvelope, certificate: string): boolean {
  const algorithm = algorithms[envelope['SignatureVersion'] ?? ''];
  const signed = signedPartOf(envelope);
  if (algorithm === undefined || !signed) return false;
  const text = Object.entries(signed)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join('');
  try {
    const { publicKey } = new X509Certificate(certificate);
    const verify = createVerify(algorithm).update(text, 'utf8');
    return verify.verify(publicKey, Buffer.from(envelope['Signature'] ?? '', 'base64'));
  } catch {
    return false;
  }
}

function namesFor(envelope: SnsEnvelope): readonly string[] {
  return envelope['Type'] === 'Notification' ? ofNotification : ofSubscription;
}
