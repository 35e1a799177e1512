import { buildCallbackRequest } from '../../activities/build-callback-request.ts';
import { callbackAuthContext } from '../../src/domain/secret-contexts.ts';
import type { DeliveryJob } from '../../src/ports.ts';
import { govukNotify } from '../../src/profiles/govuk-notify.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createFakeSecretBox } from '../support/fakes/secret-box.ts';

const secrets = createFakeSecretBox();
const ports = { secrets, userAgent: 'ringback/1.2.3' };

async function aJob(changes: Partial<DeliveryJob> = {}): Promise<DeliveryJob> {
  const fake = createFakeDelivery([3], async () => 200);
  const job = await fake.ports.deliveries.load(fake.notificationId, 3);
  if (!job) throw new Error('there is no such status');
  return { ...job, ...changes };
}

function requestOf(job: DeliveryJob, auth: object | null = null) {
  if (!job.callback) throw new Error('the callback is missing');
  const sealedAuth =
    auth && secrets.seal(JSON.stringify(auth), callbackAuthContext(job.serviceId, 'delivery_status'));
  return buildCallbackRequest(ports, job, { ...job.callback, sealedAuth }, govukNotify);
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

test('a credential of the type none is no header', async () => {
  expect(requestOf(await aJob(), { type: 'none' }).headers).not.toHaveProperty('authorization');
});

test('does not open a credential that was sealed for another service', async () => {
  const job = await aJob();
  if (!job.callback) throw new Error('the callback is missing');
  const elsewhere = callbackAuthContext('another service', 'delivery_status');
  const sealedAuth = secrets.seal('{"type":"bearer","token":"0123456789"}', elsewhere);
  const { callback } = job;
  expect(() => buildCallbackRequest(ports, job, { ...callback, sealedAuth }, govukNotify)).toThrow();
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
