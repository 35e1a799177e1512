// What each sealed secret is bound to: a secret moved to another row cannot be opened there.
import type { CallbackEvent } from './callback.schema.ts';

export function callbackAuthContext(serviceId: string, event: CallbackEvent): string {
  return `callback:${serviceId}:${event}`;
}

export function clientCertificateContext(serviceId: string, event: CallbackEvent): string {
  return `callback:${serviceId}:${event}:client-certificate`;
}

export function signingSecretContext(serviceId: string, event: CallbackEvent): string {
  return `callback:${serviceId}:${event}:signing-secret`;
}

export function apiKeySecretContext(serviceId: string, keyId: string): string {
  return `api-key:${serviceId}:${keyId}`;
}
