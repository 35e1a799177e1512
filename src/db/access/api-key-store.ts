import type { Pool } from 'pg';
import { groupBy } from '../../concurrency/group-by.ts';
import type { KeyType } from '../../domain/access/key-type.ts';
import type { ApiKeyStore } from '../../ports/index.ts';
import { parameterRows } from '../fragments/parameter-rows.ts';
import { createSharedStatement } from '../postgres/shared-statement.ts';

type ActiveKeyRow = {
  service_id: string;
  profile: string;
  rate_limit_per_second: number | null;
  id: string | null;
  name: string;
  key_type: KeyType;
  sealed_secret: Buffer;
};

type ServiceKeys = NonNullable<Awaited<ReturnType<ApiKeyStore['activeKeys']>>>;

export function createApiKeyStore(pool: Pool): ApiKeyStore {
  const loadAll = async (serviceIds: readonly string[]): Promise<(ServiceKeys | null)[]> => {
    const { rows } = await pool.query<ActiveKeyRow>({
      name: 'load-active-keys',
      text: `SELECT s.id AS service_id, s.profile, s.rate_limit_per_second, k.id, k.name, k.key_type, k.sealed_secret
        FROM ${parameterRows('$1::uuid[]', 'service_id')} g
        JOIN services s ON s.id = g.service_id
        LEFT JOIN api_keys k ON k.service_id = s.id AND k.revoked_at IS NULL`,
      values: [[...new Set(serviceIds)]],
    });
    const found = groupBy(rows, (row) => row.service_id);
    return serviceIds.map((serviceId) => toServiceKeys(found.get(serviceId)));
  };

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

    // A flood of made-up services takes two connections at most, and good callers share their statements with it.
    activeKeys: createSharedStatement<string, ServiceKeys | null>({
      together: loadAll,
      alone: async (serviceId) => (await loadAll([serviceId]))[0] ?? null,
      maxItems: 200,
      spacingMs: 0,
    }),
  };
}

function toServiceKeys(rows: readonly ActiveKeyRow[] | undefined): ServiceKeys | null {
  const [first] = rows ?? [];
  if (!rows || !first) return null;
  const keys = rows.flatMap(({ service_id: serviceId, id, name, key_type, sealed_secret }) =>
    id === null ? [] : [{ id, serviceId, name, keyType: key_type, sealedSecret: sealed_secret }],
  );
  return { profile: first.profile, rateLimitPerSecond: first.rate_limit_per_second, keys };
}
