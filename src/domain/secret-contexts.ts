// What each sealed secret is bound to: the row it stands in and what it is there. One that is moved elsewhere does not
// open. Of one callback, its token and the one before it are the same kind of secret, and so are its signing secrets: a
// rotation moves them in the database.
import type { CommunicationEvent, EventName } from './event.ts';

export function callbackAuthContext(serviceId: string, event: EventName): string {
  return `callback:${serviceId}:${event}`;
}

export function clientCertificateContext(serviceId: string, event: EventName): string {
  return `callback:${serviceId}:${event}:client-certificate`;
}

export function signingSecretContext(serviceId: string, event: EventName): string {
  return `callback:${serviceId}:${event}:signing-secret`;
}

/** Of the token that a notification brings for its own URL. */
export function notificationTokenContext(notificationId: string): string {
  return `notification:${notificationId}:callback-token`;
}

export function communicationAuthContext(communicationId: string, event: CommunicationEvent): string {
  return `communication:${communicationId}:${event}`;
}

export function providerContext(serviceId: string, provider: string): string {
  return `provider:${serviceId}:${provider}`;
}

/** Of the access tokens that we give to a provider. */
export function providerTokenContext(provider: string): string {
  return `provider-token:${provider}`;
}

export function apiKeySecretContext(serviceId: string, keyId: string): string {
  return `api-key:${serviceId}:${keyId}`;
}
