import type { StoredCallbacks } from '../../../src/ports/index.ts';
import type { Memory } from './memory.ts';

export function createFakeStoredCallbacks({ services, callbacks }: Memory): StoredCallbacks {
  return {
    async find(serviceId, event) {
      const stored = callbacks.get(`${serviceId}/${event}`);
      const service = services.get(serviceId);
      if (!stored || !service) return null;
      const { callback, auth, clientCertificate, signingSecrets } = stored;
      return {
        profile: service.profile,
        callback: {
          id: callback.id,
          receiverId: callback.id,
          url: callback.url,
          version: callback.version,
          authType: callback.auth.type,
          sealedAuth: auth && auth.type !== 'none' ? auth.sealed : null,
          sealedPreviousAuth: null,
          unauthorizedAttempts: 0,
          sealedClientCertificate: clientCertificate?.sealed ?? null,
          sealedSigningSecrets: callback.signing.enabled ? signingSecrets.map(({ sealed }) => sealed) : [],
          policy: {
            attempts: callback.policy.attempts,
            intervalSeconds: callback.policy.interval_seconds,
            timeoutSeconds: callback.policy.timeout_seconds,
          },
          isDisabled: callback.state === 'disabled',
          warnAfterAttempts: callback.warn_after_attempts,
          maxInFlight: callback.max_in_flight,
          ratePerSecond: callback.rate_per_second,
        },
      };
    },
  };
}
