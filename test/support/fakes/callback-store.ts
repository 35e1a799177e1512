import type { Callback } from '../../../src/domain/callback.schema.ts';
import { fromDate } from '../../../src/domain/instant.ts';
import type { CallbackSettings, CallbackStore } from '../../../src/ports.ts';
import type { Memory, MemoryCallback } from './memory.ts';

export function createFakeCallbackStore({ callbacks }: Memory): CallbackStore {
  const keyOf = (serviceId: string, event: string): string => `${serviceId}/${event}`;

  return {
    async put(newId, serviceId, event, settings) {
      const before = callbacks.get(keyOf(serviceId, event));
      const after = replace(before, newId, event, settings);
      callbacks.set(keyOf(serviceId, event), after);
      return { callback: structuredClone(after.callback), wasCreated: before === undefined };
    },

    async find(serviceId, event) {
      return structuredClone(callbacks.get(keyOf(serviceId, event))?.callback ?? null);
    },

    async remove(serviceId, event) {
      return callbacks.delete(keyOf(serviceId, event));
    },
  };
}

function replace(
  before: MemoryCallback | undefined,
  newId: string,
  event: Callback['event'],
  { url, auth: givenAuth, policy, filter, notificationList }: CallbackSettings,
): MemoryCallback {
  const auth = givenAuth ?? before?.auth ?? null;
  const now = fromDate(new Date());
  return {
    auth,
    callback: {
      id: before?.callback.id ?? newId,
      event,
      url,
      auth: { type: auth?.type ?? 'none' },
      has_bearer_token: auth?.type === 'bearer',
      policy: {
        attempts: policy.attempts,
        interval_seconds: policy.intervalSeconds,
        timeout_seconds: policy.timeoutSeconds,
      },
      filter: structuredClone(filter),
      notification_list: [...notificationList],
      state: before?.callback.state ?? 'enabled',
      disabled_at: before?.callback.disabled_at ?? null,
      disabled_reason: before?.callback.disabled_reason ?? null,
      held: before?.callback.held ?? 0,
      version: (before?.callback.version ?? 0) + 1,
      created_at: before?.callback.created_at ?? now,
      updated_at: now,
    },
  };
}
