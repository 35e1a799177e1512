import { buildCallbackRequest } from '../../src/delivery/build-callback-request.ts';
import { decryptCredentials } from '../../src/delivery/decrypt-credentials.ts';
import {
  callbackAuthContext,
  clientCertificateContext,
  signingSecretContext,
} from '../../src/domain/access/secret-contexts.ts';
import type { SealedCredentials } from '../../src/domain/access/sealed-credentials.ts';
import type { DeliveryJob } from '../../src/ports/index.ts';
import { signWebhook } from '../../src/signing/standard-webhooks.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createFakeSecretBox } from '../support/fakes/secret-box.ts';

const secrets = createFakeSecretBox();
const ports = { secrets, userAgent: 'ringback/1.2.3', publicUrl: 'https://ringback.example' };

async function aJob(changes: Partial<DeliveryJob> = {}): Promise<DeliveryJob> {
  const fake = createFakeDelivery([3], async () => 200);
  const job = await fake.ports.deliveries.load(fake.notificationId, 3);
  if (!job) throw new Error('there is no such status');
  return { ...job, ...changes };
}

const seal = (job: DeliveryJob, auth: object) =>
  secrets.seal(JSON.stringify(auth), callbackAuthContext(job.serviceId, 'delivery_status'));

function requestOf(
  job: DeliveryJob,
  auth: object | null = null,
  changes: Partial<SealedCredentials> = {},
  attempt: { now?: Date; accessToken?: string } = {},
) {
  if (!job.callback) throw new Error('the callback is missing');
  const callback = { ...job.callback, sealedAuth: auth && seal(job, auth), ...changes };
  const credentials = decryptCredentials(secrets, job, callback);
  return buildCallbackRequest(ports, job, callback, credentials, attempt);
}

test('sends exactly these headers, and no others', async () => {
  const job = await aJob();
  expect(requestOf(job).headers).toEqual({
    'content-type': 'application/json',
    'user-agent': 'ringback/1.2.3',
    'ringback-event-id': job.eventId,
    'ringback-sequence': '3',
    'ringback-attempt': '1',
  });
});

test('gives the bearer token as it was configured', async () => {
  const { headers } = requestOf(await aJob(), { type: 'bearer', token: 'a-token-of-19-chars' });
  expect(headers['authorization']).toBe('Bearer a-token-of-19-chars');
});

test('gives a user name and password as Basic, in UTF-8', async () => {
  const { headers } = requestOf(await aJob(), { type: 'basic', username: 'zoë', password: 'p:w d' });
  expect(headers['authorization']).toBe(`Basic ${Buffer.from('zoë:p:w d', 'utf8').toString('base64')}`);
});

test('gives an API key in the header it was configured for, and nowhere else', async () => {
  const auth = { type: 'api_key', header: 'X-Api-Key', value: 'the key' };
  const { headers } = requestOf(await aJob(), auth);
  expect(headers['X-Api-Key']).toBe('the key');
  expect(headers).not.toHaveProperty('authorization');
});

test('gives an access token as a bearer token, and makes no request without it', async () => {
  const auth = {
    type: 'oauth2_client_credentials',
    token_url: 'https://x',
    client_id: 'a',
    client_secret: 'b',
  };
  const { headers } = requestOf(await aJob(), auth, {}, { accessToken: 'granted' });
  expect(headers['authorization']).toBe('Bearer granted');
  const job = await aJob();
  expect(() => requestOf(job, auth)).toThrow('the access token of this attempt is missing');
});

test('hands the client certificate to the sender, and puts nothing of it into headers or body', async () => {
  const job = await aJob();
  const certificate = { certificate: 'PEM-1', private_key: 'PEM-2' };
  const context = clientCertificateContext(job.serviceId, 'delivery_status');
  const { clientCertificate, headers, body } = requestOf(job, null, {
    sealedClientCertificate: secrets.seal(JSON.stringify(certificate), context),
  });
  expect(clientCertificate).toEqual(certificate);
  expect(JSON.stringify({ headers, body })).not.toContain('PEM-');
  expect(requestOf(job)).not.toHaveProperty('clientCertificate');
});

test('signs the bytes of the body with every secret, under the id of the event and the time of the attempt', async () => {
  const job = await aJob();
  const signing = ['whsec_bmV3LXNlY3JldA==', 'whsec_b2xkLXNlY3JldA=='];
  const context = signingSecretContext(job.serviceId, 'delivery_status');
  const sealedSigningSecrets = signing.map((secret) => secrets.seal(secret, context));
  const now = new Date('2026-06-15T11:30:00.999Z');
  const { headers, body } = requestOf(job, null, { sealedSigningSecrets }, { now });
  const signed = { id: job.eventId, timestampSeconds: 1_781_523_000, body: Buffer.from(body ?? '', 'utf8') };
  expect(headers).toMatchObject({
    'webhook-id': job.eventId,
    'webhook-timestamp': '1781523000',
    'webhook-signature': signWebhook(signing, signed),
  });
});

test('in the day after a rotation each 401 turns a status to the other token', async () => {
  const job = await aJob();
  const [now, before] = [
    { type: 'bearer', token: 'new-token-1' },
    { type: 'bearer', token: 'old-token-1' },
  ];
  const tokenAfter = (unauthorizedAttempts: number, sealedPreviousAuth: Uint8Array | null) =>
    requestOf(job, now, { unauthorizedAttempts, sealedPreviousAuth }).headers['authorization'];
  const old = seal(job, before);
  expect([0, 1, 2, 3].map((count) => tokenAfter(count, old))).toEqual([
    'Bearer new-token-1',
    'Bearer old-token-1',
    'Bearer new-token-1',
    'Bearer old-token-1',
  ]);
  expect(tokenAfter(1, null)).toBe('Bearer new-token-1');
});

test('a credential of the type none is no header', async () => {
  expect(requestOf(await aJob(), { type: 'none' }).headers).not.toHaveProperty('authorization');
});

test('does not open a credential that was sealed for another service', async () => {
  const job = await aJob();
  if (!job.callback) throw new Error('the callback is missing');
  const elsewhere = callbackAuthContext('another service', 'delivery_status');
  const sealedAuth = secrets.seal('{"type":"bearer","token":"0123456789"}', elsewhere);
  const { callback } = job;
  expect(() => buildCallbackRequest(ports, job, { ...callback, sealedAuth })).toThrow();
});

test('counts every recorded attempt, and changes nothing else from one to the next', async () => {
  const first = await aJob();
  const fourth = { ...first, attemptsRecorded: 3, attemptsMade: 2 };
  const { headers, ...same } = requestOf(first);
  const later = requestOf(fourth);
  expect(later).toEqual({ ...same, headers: { ...headers, 'ringback-attempt': '4' } });
});

test('waits as long as the callback says', async () => {
  expect(requestOf(await aJob()).timeoutMs).toBe(120_000);
});
