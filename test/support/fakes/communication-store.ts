import { describeVersion } from '../../../src/domain/callbacks/callback-versions.ts';
import { fromDate } from '../../../src/domain/instant.ts';
import type { CommunicationKind, CommunicationStore } from '../../../src/ports/index.ts';
import { heldOf, pageOf, versionsOf, writeVersion, type Memory } from './memory.ts';

export function createFakeCommunicationStore(memory: Memory): CommunicationStore {
  const find = (serviceId: string, event: CommunicationKind) => memory.callbacks.get(`${serviceId}/${event}`);

  return {
    async disable(serviceId, event, reason) {
      const stored = find(serviceId, event);
      if (stored?.callback.state !== 'enabled') return;
      const now = fromDate(new Date());
      Object.assign(stored.callback, { state: 'disabled', disabled_at: now, disabled_reason: reason });
      stored.callback.version += 1;
      writeVersion(memory, stored, 'disabled');
    },

    async enable(serviceId, event, { newId, ratePerSecond }) {
      const stored = find(serviceId, event);
      if (!stored) return null;
      if (stored.callback.state === 'disabled') {
        Object.assign(stored.callback, { state: 'enabled', disabled_at: null, disabled_reason: null });
        stored.callback.version += 1;
        writeVersion(memory, stored, 'enabled');
      }
      const held = heldOf(memory, stored.callback.id).length;
      const running = [...memory.drains.values()].find(
        ({ drain }) => drain.callback_id === stored.callback.id && drain.state === 'running',
      );
      if (running) {
        running.drain.held = running.drain.released + held;
        return { drainId: running.drain.id, held };
      }
      const now = fromDate(new Date());
      memory.drains.set(newId, {
        serviceId,
        drain: {
          id: newId,
          callback_id: stored.callback.id,
          state: held > 0 ? 'running' : 'done',
          held,
          released: 0,
          rate_per_second: ratePerSecond ?? stored.callback.rate_per_second ?? 50,
          started_at: now,
          finished_at: held > 0 ? null : now,
        },
      });
      return { drainId: newId, held };
    },

    async versions(serviceId, event, query) {
      const stored = find(serviceId, event);
      const all = stored ? [...versionsOf(memory, stored.callback.id)].reverse() : [];
      const { items, nextCursor } = pageOf(all, query, ({ version }) => String(version));
      return {
        items: items.map((item) =>
          describeVersion(item, all.find(({ version }) => version === item.version - 1) ?? null),
        ),
        nextCursor,
      };
    },
  };
}
