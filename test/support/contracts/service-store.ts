import { v7 as uuidv7 } from 'uuid';
import type { ServiceStore } from '../../../src/ports/index.ts';
import { aService } from '../builders.ts';

/** What every ServiceStore does; `makeStore` gives an empty one. */
export function describeServiceStore(makeStore: () => Promise<ServiceStore>): void {
  describe('a service store', () => {
    it('finds a service as it was created', async () => {
      const store = await makeStore();
      const service = aService({ name: 'Ärzte & “Ämter” 🏥' });
      await store.create(service);
      expect(await store.find(service.id)).toEqual(service);
    });

    it('finds nothing under an id that was never created', async () => {
      const store = await makeStore();
      expect(await store.find(uuidv7())).toBeNull();
    });

    it('changes only what the change names', async () => {
      const store = await makeStore();
      const service = aService();
      await store.create(service);
      const renamed = { ...service, name: 'Renamed' };
      expect(await store.update(service.id, { name: 'Renamed' })).toEqual(renamed);
      expect(await store.update(service.id, { notification_list: [] })).toEqual({
        ...renamed,
        notification_list: [],
      });
      expect(await store.find(service.id)).toEqual({ ...renamed, notification_list: [] });
    });

    it('takes a rate limit, and takes it away again', async () => {
      const store = await makeStore();
      const service = aService();
      await store.create(service);
      const limited = { ...service, rate_limit_per_second: 5 };
      expect(await store.update(service.id, { rate_limit_per_second: 5 })).toEqual(limited);
      expect(await store.update(service.id, { name: service.name })).toEqual(limited);
      expect(await store.update(service.id, { rate_limit_per_second: null })).toEqual(service);
    });

    it('answers null to a change of a service that does not exist', async () => {
      const store = await makeStore();
      expect(await store.update(uuidv7(), { name: 'Renamed' })).toBeNull();
    });

    it('lists every service once over its pages, in the order of creation', async () => {
      const store = await makeStore();
      const services = Array.from({ length: 5 }, (_, index) => aService({ name: `Service ${index}` }));
      for (const service of services) await store.create(service);

      const first = await store.list({ limit: 2 });
      const second = await store.list({ limit: 2, cursor: first.nextCursor ?? '' });
      const third = await store.list({ limit: 2, cursor: second.nextCursor ?? '' });

      expect([first, second, third].flatMap(({ items }) => items)).toEqual(services);
      expect(third.nextCursor).toBeNull();
    });

    it('gives no cursor when the last page is exactly full', async () => {
      const store = await makeStore();
      for (const service of [aService(), aService()]) await store.create(service);
      expect((await store.list({ limit: 2 })).nextCursor).toBeNull();
    });
  });
}
