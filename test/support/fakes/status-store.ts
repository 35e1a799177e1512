import type { AcceptancePlan } from '../../../src/domain/acceptance.ts';
import type { HistoryRow, StatusStore } from '../../../src/ports.ts';
import type { Memory } from './memory.ts';

/** Accepts and shows statuses; nothing is ever dispatched, so what becomes a callback stays pending and queued. */
export function createFakeStatusStore({ services, callbacks, notifications, statuses }: Memory): StatusStore {
  const rowsOf = (id: string): HistoryRow[] => statuses.get(id) ?? [];

  const take = (plan: AcceptancePlan): boolean => {
    const entry = notifications.get(plan.notificationId);
    if (entry?.lastSequence !== plan.fromSequence) return false;
    entry.lastSequence = plan.toSequence;
    entry.finalSequence = plan.finalSequence;
    entry.notification.status = plan.status;
    entry.notification.completed_at = plan.completedAt;
    entry.notification.sent_at = plan.sentAt;
    statuses.set(plan.notificationId, [...rowsOf(plan.notificationId), ...plan.statuses.map(toRow)]);
    return true;
  };

  return {
    async loadForAcceptance(keys) {
      const ids = [...new Set(keys.map(({ notificationId }) => notificationId))];
      return ids.flatMap((notificationId) => {
        const entry = notifications.get(notificationId);
        if (!entry) return [];
        const { service_id: serviceId, notification_type, template_id, sent_at } = entry.notification;
        const callback = callbacks.get(`${serviceId}/delivery_status`)?.callback;
        return {
          notificationId,
          serviceId,
          profile: services.get(serviceId)?.profile ?? '',
          notificationType: notification_type,
          templateId: template_id,
          lastSequence: entry.lastSequence,
          finalSequence: entry.finalSequence,
          sentAt: sent_at,
          callback: callback ? { id: callback.id, filter: callback.filter } : null,
          knownEvents: new Map(rowsOf(notificationId).map(({ eventId, sequence }) => [eventId, sequence])),
        };
      });
    },

    async commit(plans) {
      return new Set(plans.filter(take).map(({ notificationId }) => notificationId));
    },

    async history(notificationId) {
      return structuredClone(rowsOf(notificationId));
    },
  };
}

function toRow(status: AcceptancePlan['statuses'][number]): HistoryRow {
  return {
    eventId: status.eventId,
    event: 'delivery_status',
    sequence: status.sequence,
    status: status.status,
    state: status.skipReason === null ? 'pending' : 'skipped',
    stateReason: status.skipReason,
    queued: status.skipReason === null,
    url: null,
    acceptedAt: status.acceptedAt,
    nextAttemptAt: null,
    attempts: [],
  };
}
