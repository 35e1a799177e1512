import type { SetAsideRequest } from '../../../src/domain/workflow-request.schema.ts';
import type { SetAsideRequests } from '../../../src/ports/index.ts';
import { pageOf } from './memory.ts';

/** `all` is what was set aside, the newest first. */
export function createFakeSetAsideRequests(): SetAsideRequests & { all: SetAsideRequest[] } {
  const all: SetAsideRequest[] = [];
  return {
    all,
    list: async (page) => pageOf(all, page, ({ id }) => id),
    async retry(id) {
      const place = all.findIndex((one) => one.id === id);
      return place < 0 ? null : (all.splice(place, 1)[0] ?? null);
    },
    count: async () => all.length,
  };
}
