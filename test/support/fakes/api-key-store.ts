import type { ApiKeyStore } from '../../../src/ports/index.ts';
import type { Memory } from './memory.ts';

export function createFakeApiKeyStore({ services, apiKeys }: Memory): ApiKeyStore {
  return {
    async create(key) {
      apiKeys.set(key.id, key);
    },

    async revoke(serviceId, keyId) {
      return apiKeys.get(keyId)?.serviceId === serviceId && apiKeys.delete(keyId);
    },

    async activeKeys(serviceId) {
      const service = services.get(serviceId);
      if (!service) return null;
      return {
        profile: service.profile,
        rateLimitPerSecond: service.rate_limit_per_second ?? null,
        keys: [...apiKeys.values()].filter((key) => key.serviceId === serviceId),
      };
    },
  };
}
