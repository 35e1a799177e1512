import { notFound } from '../../domain/errors.ts';
import type { ApiKeyStore } from '../../ports/index.ts';
import type { ServiceKeyCache } from './service-keys.ts';

/** Revokes a key: at once in this process, within a second in every other. Throws NOT_FOUND without such a key. */
export async function revokeApiKey(
  ports: { apiKeys: ApiKeyStore; keys: ServiceKeyCache },
  serviceId: string,
  keyId: string,
): Promise<void> {
  const wasRevoked = await ports.apiKeys.revoke(serviceId, keyId);
  ports.keys.forget(serviceId);
  if (!wasRevoked) throw notFound('API key');
}
