import type { DeliveryMetrics, UrlPolicy } from '../../src/ports.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { createFakeApiKeyStore } from './fakes/api-key-store.ts';
import { createFakeCallbackStore } from './fakes/callback-store.ts';
import { createMemory } from './fakes/memory.ts';
import { createFakeNotificationStore } from './fakes/notification-store.ts';
import { createFakeSecretBox } from './fakes/secret-box.ts';
import { createFakeServiceStore } from './fakes/service-store.ts';
import { createFakeStatusStore } from './fakes/status-store.ts';

export const testNow = new Date('2026-06-15T11:30:00.123Z');

const httpsOnly: UrlPolicy = {
  objection: (url) => (url.startsWith('https:') ? null : 'must be an https URL'),
};

const noMetrics: DeliveryMetrics = {
  accepted: () => undefined,
  dispatched: () => undefined,
  attempted: () => undefined,
  firstAttemptAfter: () => undefined,
};

/** Every port in memory, over one shared state; `memory` lets a test look behind them. */
export function createFakePorts() {
  const memory = createMemory();
  const statuses = createFakeStatusStore(memory);
  const now = (): Date => testNow;
  return {
    memory,
    services: createFakeServiceStore(memory),
    apiKeys: createFakeApiKeyStore(memory),
    callbacks: createFakeCallbackStore(memory),
    notifications: createFakeNotificationStore(memory),
    statuses,
    secrets: createFakeSecretBox(),
    urlPolicy: httpsOnly,
    acceptStatus: createAcceptStatus({
      statuses,
      handover: { owner: () => null, take: () => undefined },
      metrics: noMetrics,
      now,
    }),
    now,
  };
}
