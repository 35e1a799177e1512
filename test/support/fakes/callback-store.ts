import type { Callback } from '../../../src/domain/callbacks/callback.schema.ts';
import { fromDate } from '../../../src/domain/instant.ts';
import type { CallbackSettings } from '../../../src/domain/callbacks/callback-settings.ts';
import type { CallbackStore } from '../../../src/ports/index.ts';
import { heldOf, writeVersion, type Memory, type MemoryCallback } from './memory.ts';

const dayMs = 86_400_000;

export function createFakeCallbackStore(memory: Memory): CallbackStore {
  const { callbacks } = memory;
  const keyOf = (serviceId: string, event: string): string => `${serviceId}/${event}`;

  return {
    async put(newId, serviceId, event, settings) {
      const before = callbacks.get(keyOf(serviceId, event));
      const after = replace(before, newId, event, settings);
      callbacks.set(keyOf(serviceId, event), after);
      writeVersion(memory, after, 'configured');
      return {
        callback: structuredClone(after.callback),
        wasCreated: before === undefined,
        tookSecret: !!settings.signing?.enabled && (before?.signingSecrets.length ?? 0) === 0,
      };
    },

    async find(serviceId, event) {
      const callback = callbacks.get(keyOf(serviceId, event))?.callback;
      return callback ? structuredClone({ ...callback, held: heldOf(memory, callback.id).length }) : null;
    },

    async sealedAuth(serviceId, event) {
      const stored = callbacks.get(keyOf(serviceId, event));
      const auth = stored?.auth;
      return stored && auth && auth.type !== 'none'
        ? { version: stored.callback.version, sealed: auth.sealed }
        : null;
    },

    async rotateSigningSecret(serviceId, event, sealed) {
      const stored = callbacks.get(keyOf(serviceId, event));
      if (!stored) return { kind: 'absent' };
      if (!stored.callback.signing.enabled) return { kind: 'signingIsOff' };
      const now = Date.now();
      const fourth = stored.signingSecrets[3];
      if (stored.signingSecrets.length === 5 && fourth && fourth.madeAtMs > now - dayMs)
        return { kind: 'tooOften' };
      stored.signingSecrets = [{ sealed, madeAtMs: now }, ...stored.signingSecrets].slice(0, 5);
      stored.callback.version += 1;
      writeVersion(memory, stored, 'signing_secret_rotated');
      return { kind: 'rotated', previousSignsUntil: fromDate(new Date(now + dayMs)) };
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
  settings: CallbackSettings,
): MemoryCallback {
  const { url, auth: givenAuth, policy, filter, notificationList, signing } = settings;
  const auth = givenAuth ?? before?.auth ?? null;
  const clientCertificate =
    settings.clientCertificate === 'none'
      ? null
      : (settings.clientCertificate ?? before?.clientCertificate ?? null);
  const now = fromDate(new Date());
  const secrets = before?.signingSecrets ?? [];
  return {
    auth,
    clientCertificate,
    signingSecrets:
      signing?.enabled && secrets.length === 0
        ? [{ sealed: signing.sealedSecret, madeAtMs: Date.now() }]
        : secrets,
    callback: {
      id: before?.callback.id ?? newId,
      event,
      url,
      auth: { ...auth?.shown, type: auth?.type ?? 'none' },
      has_bearer_token: auth?.type === 'bearer',
      client_certificate: structuredClone(clientCertificate?.shown ?? null),
      signing: { enabled: signing?.enabled ?? before?.callback.signing.enabled ?? false },
      policy: {
        attempts: policy.attempts,
        interval_seconds: policy.intervalSeconds,
        timeout_seconds: policy.timeoutSeconds,
      },
      filter: structuredClone(filter),
      notification_list: [...notificationList],
      warn_after_attempts: settings.warnAfterAttempts,
      max_in_flight: settings.maxInFlight,
      rate_per_second: settings.ratePerSecond,
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
