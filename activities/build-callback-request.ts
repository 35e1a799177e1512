import type { CallbackAuth } from '../src/domain/callback.schema.ts';
import { callbackAuthContext } from '../src/domain/secret-contexts.ts';
import type { CallbackRequest, DeliveryJob, SecretBox } from '../src/ports.ts';
import type { Profile } from '../src/profiles/index.ts';

/** The request of one attempt: the same bytes in every attempt, the credential as it is now. */
export function buildCallbackRequest(
  { secrets, userAgent }: { secrets: SecretBox; userAgent: string },
  job: DeliveryJob,
  callback: NonNullable<DeliveryJob['callback']>,
  profile: Profile,
): CallbackRequest {
  return {
    url: callback.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': userAgent,
      'ringback-event-id': job.eventId,
      'ringback-sequence': String(job.sequence),
      'ringback-attempt': String(job.attemptsRecorded + 1),
      ...authHeaders(secrets, job, callback),
    },
    body: profile.deliveryStatusBody(job.facts),
    timeoutMs: callback.policy.timeoutSeconds * 1000,
  };
}

function authHeaders(
  secrets: SecretBox,
  job: DeliveryJob,
  { sealedAuth }: NonNullable<DeliveryJob['callback']>,
): Record<string, string> {
  if (!sealedAuth) return {};
  // Only configureCallback writes it, after checking it against the schema.
  const auth = JSON.parse(
    secrets.open(sealedAuth, callbackAuthContext(job.serviceId, 'delivery_status')),
  ) as CallbackAuth;
  switch (auth.type) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${auth.token}` };
  }
}
