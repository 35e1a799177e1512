import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { CreateApiKey, CreatedApiKey } from '../../domain/access/api-key.schema.ts';
import { notFound } from '../../domain/errors.ts';
import { apiKeySecretContext } from '../../domain/access/secret-contexts.ts';
import type { ApiKeyStore, SecretBox, ServiceStore } from '../../ports/index.ts';
import { formatApiKey } from '../../signing/api-key.ts';
import type { ServiceKeyCache } from './service-keys.ts';

/** Makes a key for a service and answers with it, the only time it is shown; throws NOT_FOUND without the service. */
export async function createApiKey(
  ports: { services: ServiceStore; apiKeys: ApiKeyStore; secrets: SecretBox; keys: ServiceKeyCache },
  serviceId: string,
  body: CreateApiKey,
): Promise<CreatedApiKey> {
  if (!(await ports.services.find(serviceId))) throw notFound('service');
  const id = uuidv7();
  // Random as a whole: the first half of a UUIDv7 would be the time.
  const secret = randomUUID();
  await ports.apiKeys.create({
    id,
    serviceId,
    name: body.name,
    keyType: body.key_type,
    sealedSecret: ports.secrets.seal(secret, apiKeySecretContext(serviceId, id)),
  });
  ports.keys.forget(serviceId);
  return { id, name: body.name, key_type: body.key_type, key: formatApiKey(body.name, serviceId, secret) };
}
