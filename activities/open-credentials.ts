import type { CallbackAuth, ClientCertificate } from '../src/domain/credential.schema.ts';
import type { CommunicationEvent } from '../src/domain/event.ts';
import {
  callbackAuthContext,
  clientCertificateContext,
  communicationAuthContext,
  notificationTokenContext,
  signingSecretContext,
} from '../src/domain/secret-contexts.ts';
import type { DeliveryJob, SecretBox, StoredCallback } from '../src/ports/index.ts';

/** In the clear, and for one attempt only. */
export type Credentials = {
  auth: CallbackAuth;
  clientCertificate: ClientCertificate | null;
  signingSecrets: string[];
};

/** Unseals what one attempt shows to the receiver. */
export function openCredentials(secrets: SecretBox, job: DeliveryJob, callback: StoredCallback): Credentials {
  const { serviceId, event } = job;
  const { sealedClientCertificate, sealedSigningSecrets } = callback;
  const sealedAuth = authOfThisAttempt(callback);
  const authContext = authContextOf(job, callback);
  // Only configureCallback and createCommunication write these, after checking them against their schemas.
  return {
    auth: sealedAuth ? (JSON.parse(secrets.open(sealedAuth, authContext)) as CallbackAuth) : { type: 'none' },
    clientCertificate: sealedClientCertificate
      ? (JSON.parse(
          secrets.open(sealedClientCertificate, clientCertificateContext(serviceId, event)),
        ) as ClientCertificate)
      : null,
    signingSecrets: sealedSigningSecrets.map((sealed) =>
      secrets.open(sealed, signingSecretContext(serviceId, event)),
    ),
  };
}

function authContextOf(
  { serviceId, event, target, notificationId }: DeliveryJob,
  callback: StoredCallback,
): string {
  if (target) return communicationAuthContext(target.communicationId, event as CommunicationEvent);
  return callback.hasOwnToken
    ? notificationTokenContext(notificationId)
    : callbackAuthContext(serviceId, event);
}

// In the day after a rotation each 401 turns a status to the other of the two tokens, for its next attempt: a receiver
// that still knows only the old one is reached without an exchange that the history does not show.
function authOfThisAttempt(callback: StoredCallback): Uint8Array | null {
  const { sealedAuth, sealedPreviousAuth, unauthorizedAttempts } = callback;
  return unauthorizedAttempts % 2 === 1 ? (sealedPreviousAuth ?? sealedAuth) : sealedAuth;
}
