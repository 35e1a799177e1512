import type {
  ListNotifications,
  Notification,
} from '../../../src/domain/notifications/notification.schema.ts';
import type { NotificationChoice, NotificationStore } from '../../../src/ports/index.ts';
import { pageOf, type Memory } from './memory.ts';

export function createFakeNotificationStore({ notifications }: Memory): NotificationStore {
  return {
    async register(given) {
      const { id } = given.notification;
      const stored = notifications.get(id);
      if (stored) return { stored: structuredClone(stored), wasCreated: false };
      notifications.set(id, {
        ...structuredClone(given),
        storedAtMs: Date.now(),
        lastSequence: 0,
        finalSequence: null,
      });
      return { stored: given, wasCreated: true };
    },

    async find(id) {
      const found = notifications.get(id)?.notification;
      return found && isShown(found) ? structuredClone(found) : null;
    },

    async secondsUntilOverdue(id, hours) {
      const found = notifications.get(id);
      if (!found || found.finalSequence !== null) return null;
      return Math.max(0, Math.ceil((found.storedAtMs + hours * 3_600_000 - Date.now()) / 1000));
    },

    async findLetters(references, scope, most) {
      const letters = [...notifications.values()]
        .map(({ notification }) => notification)
        .filter(({ notification_type: type }) => type === 'letter')
        .filter(
          ({ service_id: own, key_type: keyType }) =>
            scope === null || (own === scope.serviceId && scope.keyTypes.includes(keyType)),
        );
      return references
        .flatMap((reference) =>
          letters
            .filter((letter) => [letter.provider_reference, letter.reference, letter.id].includes(reference))
            .map(({ id, service_id }) => ({ id, serviceId: service_id, reference })),
        )
        .slice(0, most);
    },

    async list(query) {
      const inOrder = [...notifications.values()]
        .map(({ notification }) => notification)
        .filter((notification) => isShown(notification) && matches(notification, query))
        .sort((left, right) => (cursorOf(left) < cursorOf(right) ? 1 : -1));
      return pageOf(inOrder, query, cursorOf);
    },
  };
}

const isShown = ({ notification_type: type }: { notification_type: string }): boolean =>
  !['inbound_sms', 'batch'].includes(type);

const cursorOf = ({ created_at, id }: Notification): string => `${created_at}_${id}`;

function matches(notification: Notification, query: ListNotifications & NotificationChoice): boolean {
  const { created_at: createdAt } = notification;
  return (
    (query.service_id ?? notification.service_id) === notification.service_id &&
    (query.reference ?? notification.reference) === notification.reference &&
    (query.status ?? notification.status) === notification.status &&
    (query.notification_type ?? notification.notification_type) === notification.notification_type &&
    (query.keyTypes?.includes(notification.key_type) ?? true) &&
    (query.statuses?.includes(notification.status) ?? true) &&
    (query.types?.includes(notification.notification_type) ?? true) &&
    (query.since === undefined || createdAt >= query.since) &&
    (query.until === undefined || createdAt < query.until)
  );
}
