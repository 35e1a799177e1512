// Rows that the stores' tests start from, made by the real stores.
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createCallbackStore } from '../../src/db/callbacks/callback-store.ts';
import { createNotificationStore } from '../../src/db/notifications/notification-store.ts';
import { createServiceStore } from '../../src/db/access/service-store.ts';
import { noReportFields, type StatusCommand } from '../../src/domain/acceptance/acceptance.ts';
import type { CallbackFilter } from '../../src/domain/callbacks/callback.schema.ts';
import type { Notification } from '../../src/domain/notifications/notification.schema.ts';
import type { DeliveryMetrics } from '../../src/ports/index.ts';
export { noDispatchSink } from '../../src/use-cases/acceptance/accept-events.ts';
import { aNewNotification, aService, callbackSettings } from './builders.ts';

export const operator = { kind: 'operator' } as const;

export const everyStatus: CallbackFilter = {
  statuses: ['created', 'sending', 'sent', 'delivered', 'temporary-failure', 'permanent-failure'],
};

/** A service with a callback for every status; null for `filter` leaves the callback out. */
export async function storeService(
  pool: Pool,
  filter: CallbackFilter | null = everyStatus,
): Promise<{ serviceId: string; callbackId: string }> {
  const service = aService();
  await createServiceStore(pool).create(service);
  const callbackId = uuidv7();
  if (filter) {
    const settings = callbackSettings({ filter });
    await createCallbackStore(pool).put(callbackId, service.id, 'delivery_status', settings);
  }
  return { serviceId: service.id, callbackId };
}

export async function storeNotification(
  pool: Pool,
  serviceId: string,
  changes: Partial<Notification> = {},
): Promise<string> {
  const notification = aNewNotification({ service_id: serviceId, ...changes });
  await createNotificationStore(pool).register(notification);
  return notification.notification.id;
}

export function aCommand(notificationId: string, changes: Partial<StatusCommand> = {}): StatusCommand {
  return {
    notificationId,
    event: 'delivery_status',
    details: null,
    eventId: uuidv7(),
    status: 'sending',
    acceptedAt: '2026-06-15T11:30:00.123456Z',
    occurredAt: '2026-06-15T11:29:59.654321Z',
    ...noReportFields,
    ...changes,
  };
}

export const noMetrics: DeliveryMetrics = {
  accepted: () => undefined,
  dispatched: () => undefined,
  attempted: () => undefined,
  firstAttemptAfter: () => undefined,
};
