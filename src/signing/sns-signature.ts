import { createVerify, X509Certificate } from 'node:crypto';

/** The fields of an SNS envelope, all of them text. */
export type SnsEnvelope = Readonly<Record<string, string>>;

const ofNotification = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const ofSubscription = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const algorithms: Readonly<Record<string, string>> = { 1: 'RSA-SHA1', 2: 'RSA-SHA256' };

/** Whether a URL is one of SNS itself; nothing else is ever asked for a certificate, or told of a subscription. */
export function isSnsUrl(url: string, path: RegExp): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, pathname, username, password } = new URL(url);
  const isPlain = protocol === 'https:' && username === '' && password === '';
  return isPlain && /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?$/.test(host) && path.test(pathname);
}

/** Whether an envelope is signed by the key of this certificate (PEM), in either version of the signature. */
export function isSignedBySns(envelope: SnsEnvelope, certificate: string): boolean {
  const algorithm = algorithms[envelope['SignatureVersion'] ?? ''];
  if (algorithm === undefined) return false;
  const names = envelope['Type'] === 'Notification' ? ofNotification : ofSubscription;
  const text = names
    .flatMap((name) => (envelope[name] === undefined ? [] : [`${name}\n${envelope[name]}\n`]))
    .join('');
  try {
    const { publicKey } = new X509Certificate(certificate);
    const verify = createVerify(algorithm).update(text, 'utf8');
    return verify.verify(publicKey, Buffer.from(envelope['Signature'] ?? '', 'base64'));
  } catch {
    return false;
  }
}
