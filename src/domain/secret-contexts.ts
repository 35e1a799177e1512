// What each sealed secret is bound to: a secret moved to another row cannot be opened there.
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
