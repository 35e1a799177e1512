import type { ServiceStore } from '../../../src/ports/index.ts';
import { pageOf, type Memory } from './memory.ts';

export function createFakeServiceStore({ services }: Memory): ServiceStore {
  return {
    async create(service) {
      services.set(service.id, structuredClone(service));
    },

    async find(id) {
      return structuredClone(services.get(id) ?? null);
    },

    async list(query) {
      const inOrder = [...services.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
      return pageOf(inOrder, query, ({ id }) => id);
    },

    async update(id, change) {
      const service = services.get(id);
      if (!service) return null;
      service.name = change.name ?? service.name;
      service.notification_list = change.notification_list ?? service.notification_list;
      const { rate_limit_per_second: limit } = change;
      if (limit === null) delete service.rate_limit_per_second;
      else if (limit !== undefined) service.rate_limit_per_second = limit;
      return structuredClone(service);
    },
  };
}
