import { fromDate } from '../../../src/domain/instant.ts';
import type { DrainStore } from '../../../src/ports/index.ts';
import { heldOf, type Memory } from './memory.ts';

/** Releases as the real one does, but tells no workflow: what is released stays pending. */
export function createFakeDrainStore(memory: Memory): DrainStore {
  const isEnabled = (callbackId: string): boolean =>
    [...memory.callbacks.values()].some(
      ({ callback }) => callback.id === callbackId && callback.state === 'enabled',
    );

  return {
    async find(id) {
      return structuredClone(memory.drains.get(id) ?? null);
    },

    async cancel(id) {
      const drain = memory.drains.get(id)?.drain;
      if (drain?.state === 'running')
        Object.assign(drain, { state: 'cancelled', finished_at: fromDate(new Date()) });
    },

    async release(id, limit) {
      const drain = memory.drains.get(id)?.drain;
      if (drain?.state !== 'running') return structuredClone(drain ?? null);
      const end = (state: 'done' | 'interrupted') =>
        Object.assign(drain, { state, finished_at: fromDate(new Date()) });
      if (!isEnabled(drain.callback_id)) return structuredClone(end('interrupted'));
      const due = heldOf(memory, drain.callback_id).slice(0, limit);
      for (const row of due) Object.assign(row, { state: 'pending', stateReason: null, queued: true });
      drain.released += due.length;
      return structuredClone(due.length < limit ? end('done') : drain);
    },
  };
}
