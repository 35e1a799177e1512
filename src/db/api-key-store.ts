import type { Pool } from 'pg';
import type { KeyType } from '../domain/key-type.ts';
import type { ApiKeyStore } from '../ports/index.ts';

type ActiveKeyRow = {
  profile: string;
  id: string | null;
  name: string;
  key_type: KeyType;
  sealed_secret: Buffer;
};

export function createApiKeyStore(pool: Pool): ApiKeyStore {
  return {
    async create(key) {
      await pool.query(
        'INSERT INTO api_keys (id, service_id, name, key_type, sealed_secret) VALUES ($1, $2, $3, $4, $5)',
        [key.id, key.serviceId, key.name, key.keyType, key.sealedSecret],
      );
    },

    async revoke(serviceId, keyId) {
      const { rowCount } = await pool.query(
        'UPDATE api_keys SET revoked_at = now() WHERE service_id = $1 AND id = $2 AND revoked_at IS NULL',
        [serviceId, keyId],
      );
      return rowCount === 1;
    },

    async activeKeys(serviceId) {
      const { rows } = await pool.query<ActiveKeyRow>(
        `SELECT s.profile, k.id, k.name, k.key_type, k.sealed_secret
         FROM services s
         LEFT JOIN api_keys k ON k.service_id = s.id AND k.revoked_at IS NULL
         WHERE s.id = $1`,
        [serviceId],
      );
      const [first] = rows;
      if (!first) return null;
      const keys = rows.flatMap(({ id, name, key_type, sealed_secret }) =>
        id === null ? [] : [{ id, serviceId, name, keyType: key_type, sealedSecret: sealed_secret }],
      );
      return { profile: first.profile, keys };
    },
  };
}
