import type { CallbackAuth } from '../src/domain/credential.schema.ts';
import type { CallbackRequest, DeliveryJob, SecretBox, StoredCallback } from '../src/ports/index.ts';
import { communicationCompleteBody, profileNamed } from '../src/profiles/index.ts';
import { signWebhook } from '../src/signing/standard-webhooks.ts';
import { openCredentials } from './open-credentials.ts';

/** The request of one attempt: the same bytes in every attempt, the credentials as they are at this one. */
export function buildCallbackRequest(
  { secrets, userAgent, publicUrl }: { secrets: SecretBox; userAgent: string; publicUrl: string },
  job: DeliveryJob,
  callback: StoredCallback,
  { auth, clientCertificate, signingSecrets } = openCredentials(secrets, job, callback),
  { now = new Date(), accessToken = null }: { now?: Date; accessToken?: string | null } = {},
): CallbackRequest {
  const { method, body } = contentOf(job, publicUrl);
  return {
    owner: callback.id,
    method,
    url: callback.url,
    headers: {
      // Some receivers refuse an empty body that is said to be JSON.
      ...(body !== null && { 'content-type': 'application/json' }),
      'user-agent': userAgent,
      ...(!job.target && ownHeaders(job)),
      ...authHeader(auth, accessToken),
      ...signatureHeaders(signingSecrets, job.eventId, now, body ?? ''),
    },
    body,
    timeoutMs: callback.policy.timeoutSeconds * 1000,
    ...(clientCertificate && { clientCertificate }),
  };
}

function ownHeaders(job: DeliveryJob): Record<string, string> {
  return {
    'ringback-event-id': job.eventId,
    'ringback-sequence': String(job.sequence),
    'ringback-attempt': String(job.attemptsRecorded + 1),
    ...(job.isTest && { 'ringback-test': 'true' }),
  };
}

/** Dispatch puts all that it says into the URL, but for the reference to a batch that is complete. */
function contentOf(job: DeliveryJob, publicUrl: string): Pick<CallbackRequest, 'method' | 'body'> {
  const { target, event, facts } = job;
  if (!target) return { method: 'POST', body: bodyOf(job) };
  const { method, communicationId, batchId, names } = target;
  if (method === 'GET' || event !== 'communication_complete') return { method, body: null };
  const said = { communicationId, batchId, status: facts.status, href: `${publicUrl}/v1/batches/${batchId}` };
  return { method, body: communicationCompleteBody(said, names) };
}

function bodyOf({ eventId, event, complaint, inbound, facts, letter, ...job }: DeliveryJob): string {
  const profile = profileNamed(job.profile);
  const { id: notificationId, reference, to, createdAt, templateId, templateVersion } = facts;
  if (event === 'complaint' && complaint)
    return profile.complaintBody({
      notificationId,
      complaintId: complaint.id,
      reference,
      to,
      complaintDate: complaint.date,
    });
  if (event === 'inbound_sms' && inbound) return profile.inboundBody({ id: eventId, ...inbound });
  if (event === 'returned_letter' && profile.returnedLetterBody)
    return profile.returnedLetterBody({
      ...letter,
      notificationId,
      reference,
      createdAt,
      templateId,
      templateVersion,
    });
  return profile.deliveryStatusBody(facts);
}

function authHeader(auth: CallbackAuth, accessToken: string | null): Record<string, string> {
  switch (auth.type) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
    case 'basic':
      return { authorization: `Basic ${basicCredentials(auth)}` };
    case 'api_key':
      return { [auth.header]: auth.value };
    case 'oauth2_client_credentials':
      if (accessToken === null) throw new Error('the access token of this attempt is missing');
      return { authorization: `Bearer ${accessToken}` };
  }
}

/** RFC 7617, in UTF-8. */
export function basicCredentials({ username, password }: { username: string; password: string }): string {
  return Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
}

// The id stays the same over retries, so that a receiver recognises a repeat; the time is this attempt's, since receivers
// refuse what is older than a few minutes.
function signatureHeaders(
  secrets: readonly string[],
  eventId: string,
  now: Date,
  body: string,
): Record<string, string> {
  if (secrets.length === 0) return {};
  const timestampSeconds = Math.floor(now.getTime() / 1000);
  const signed = { id: eventId, timestampSeconds, body: Buffer.from(body, 'utf8') };
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signWebhook(secrets, signed),
  };
}
