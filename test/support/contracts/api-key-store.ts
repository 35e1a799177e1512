import { v7 as uuidv7 } from 'uuid';
import type { ApiKeyStore, ServiceStore } from '../../../src/ports/index.ts';
import { anApiKey, aService } from '../builders.ts';

type Stores = { services: ServiceStore; apiKeys: ApiKeyStore };

/** What every ApiKeyStore does; `makeStores` gives empty ones over one database. */
export function describeApiKeyStore(makeStores: () => Promise<Stores>): void {
  describe('an API key store', () => {
    const withKey = async () => {
      const { services, apiKeys } = await makeStores();
      const service = aService();
      await services.create(service);
      const key = anApiKey({ serviceId: service.id, keyType: 'team' });
      await apiKeys.create(key);
      return { services, apiKeys, service, key };
    };

    it("gives a service's active keys as they were stored, with its profile", async () => {
      const { apiKeys, service, key } = await withKey();
      const found = await apiKeys.activeKeys(service.id);
      expect(found?.profile).toBe('govuk-notify');
      expect(
        found?.keys.map(({ sealedSecret, ...rest }) => ({ ...rest, sealed: [...sealedSecret] })),
      ).toEqual([
        {
          id: key.id,
          serviceId: service.id,
          name: 'production',
          keyType: 'team',
          sealed: [...key.sealedSecret],
        },
      ]);
    });

    it('tells a service without keys from one that does not exist', async () => {
      const { services, apiKeys } = await makeStores();
      const service = aService();
      await services.create(service);
      expect(await apiKeys.activeKeys(service.id)).toEqual({
        ...{ profile: 'govuk-notify', rateLimitPerSecond: null, keys: [] },
      });
      expect(await apiKeys.activeKeys(uuidv7())).toBeNull();
    });

    it('no longer gives a key that was revoked', async () => {
      const { apiKeys, service, key } = await withKey();
      expect(await apiKeys.revoke(service.id, key.id)).toBe(true);
      expect((await apiKeys.activeKeys(service.id))?.keys).toEqual([]);
    });

    it('revokes a key once, and only for its own service', async () => {
      const { apiKeys, service, key } = await withKey();
      expect(await apiKeys.revoke(uuidv7(), key.id)).toBe(false);
      expect(await apiKeys.revoke(service.id, key.id)).toBe(true);
      expect(await apiKeys.revoke(service.id, key.id)).toBe(false);
    });

    it("keeps services' keys apart", async () => {
      const { services, apiKeys, service, key } = await withKey();
      const other = aService();
      await services.create(other);
      await apiKeys.create(anApiKey({ serviceId: other.id }));
      expect((await apiKeys.activeKeys(service.id))?.keys.map(({ id }) => id)).toEqual([key.id]);
    });
  });
}
