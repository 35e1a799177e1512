import type { AcceptancePlan } from '../../../src/domain/acceptance.ts';
import { callbackEvents } from '../../../src/domain/callback.schema.ts';
import type { StatusStore } from '../../../src/ports/index.ts';
import type { Memory, MemoryStatus } from './memory.ts';

/** Accepts and shows statuses; nothing is ever dispatched, so what becomes a callback stays pending and queued. */
export function createFakeStatusStore(memory: Memory): StatusStore {
  const { services, callbacks, notifications, statuses } = memory;
  const rowsOf = (id: string): MemoryStatus[] => statuses.get(id) ?? [];

  const take = (plan: AcceptancePlan): boolean => {
    const entry = notifications.get(plan.notificationId);
    if (entry?.lastSequence !== plan.fromSequence) return false;
    entry.lastSequence = plan.toSequence;
    entry.finalSequence = plan.finalSequence;
    if (plan.status !== null) {
      entry.notification.status = plan.status;
      entry.notification.completed_at = plan.completedAt;
    }
    entry.notification.sent_at = plan.sentAt;
    for (const { place, ...change } of plan.destinations)
      Object.assign(entry.destinations?.[place] ?? {}, change);
    statuses.set(plan.notificationId, [...rowsOf(plan.notificationId), ...plan.statuses.map(toRow)]);
    return true;
  };

  return {
    async loadForAcceptance(keys) {
      const ids = [...new Set(keys.map(({ notificationId }) => notificationId))];
      return ids.flatMap((notificationId) => {
        const entry = notifications.get(notificationId);
        if (!entry) return [];
        const {
          service_id: serviceId,
          key_type: keyType,
          notification_type,
          template_id,
          sent_at,
        } = entry.notification;
        return {
          notificationId,
          serviceId,
          keyType,
          profile: services.get(serviceId)?.profile ?? '',
          notificationType: notification_type,
          templateId: template_id,
          lastSequence: entry.lastSequence,
          finalSequence: entry.finalSequence,
          sentAt: sent_at,
          destinations: structuredClone(entry.destinations ?? null),
          callbacks: {
            ...ofCommunication(memory, entry.communicationId),
            ...Object.fromEntries(
              callbackEvents.flatMap((event) => {
                const callback = callbacks.get(`${serviceId}/${event}`)?.callback;
                if (event === 'delivery_status' && entry.notification.callback_url !== null)
                  return [
                    [
                      event,
                      {
                        id: `own/${serviceId}`,
                        filter: callback?.filter ?? {},
                        isDisabled: false,
                        maxInFlight: 16,
                      },
                    ],
                  ];
                if (!callback) return [];
                const { id, filter, state, max_in_flight: maxInFlight } = callback;
                return [[event, { id, filter, isDisabled: state === 'disabled', maxInFlight }]];
              }),
            ),
          },
          knownEvents: new Map(rowsOf(notificationId).map(({ eventId, sequence }) => [eventId, sequence])),
        };
      });
    },

    async commit(plans) {
      return new Set(plans.filter(take).map(({ notificationId }) => notificationId));
    },

    async history(notificationId, { limit, after } = { limit: 500, after: 0 }) {
      const all = structuredClone(rowsOf(notificationId));
      const isOpen = (row: MemoryStatus): boolean => row.state === 'pending' || row.state === 'retrying';
      return all
        .map(({ callbackId, details, ...row }, index) => ({
          ...row,
          queued: row.queued || all.slice(0, index).some(isOpen),
          hasNext: index < all.length - 1,
        }))
        .filter(({ sequence }) => sequence > after)
        .slice(0, limit);
    },

    async attempts() {
      return { items: [], nextCursor: null };
    },
  };
}

function ofCommunication({ communications, callbacks }: Memory, id: string | undefined) {
  const communication = id === undefined ? undefined : communications.get(id);
  const unit = callbacks.get(`${id ?? ''}/communication`)?.callback;
  if (!communication || !unit) return {};
  const own = { id: unit.id, filter: {}, isDisabled: unit.state === 'disabled', maxInFlight: 16 };
  return Object.fromEntries(communication.callbacks.map(({ event }) => [event, own]));
}

function toRow(status: AcceptancePlan['statuses'][number]): MemoryStatus {
  return {
    callbackId: status.callbackId,
    details: status.details,
    eventId: status.eventId,
    event: status.event,
    sequence: status.sequence,
    status: status.status,
    state: status.state,
    stateReason: status.stateReason,
    queued: status.state === 'pending',
    url: null,
    acceptedAt: status.acceptedAt,
    occurredAt: status.occurredAt,
    statusDescription: status.statusDescription,
    providerResponse: status.providerResponse,
    nextAttemptAt: null,
    attempts: [],
  };
}
