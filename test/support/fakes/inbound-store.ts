import { randomUUID } from 'node:crypto';
import type { InboundMessage } from '../../../src/domain/notifications/inbound.ts';
import type { KeyType } from '../../../src/domain/access/key-type.ts';
import type { InboundStore, StoredInbound } from '../../../src/ports/index.ts';
import { unregistered, type Memory } from './memory.ts';

export function createFakeInboundStore({ notifications, statuses, conversations }: Memory): InboundStore {
  const all = (): StoredInbound[] =>
    [...conversations].flatMap(([key, notificationId]) =>
      (statuses.get(notificationId) ?? []).map(({ eventId, sequence, acceptedAt, details }) => ({
        id: eventId,
        serviceId: key.split('/')[0] ?? '',
        keyType: (key.split('/')[1] ?? '') as KeyType,
        notificationId,
        sequence,
        acceptedAt,
        ...(details as InboundMessage),
      })),
    );

  return {
    async conversation({ serviceId, keyType }, sourceNumber) {
      const key = `${serviceId}/${keyType}/${sourceNumber}`;
      const known = conversations.get(key);
      if (known !== undefined) return known;
      const id = randomUUID();
      conversations.set(key, id);
      notifications.set(id, unregistered(id, serviceId, sourceNumber, 'inbound_sms', keyType));
      return id;
    },

    async find(id) {
      return all().find((message) => message.id === id) ?? null;
    },

    async list({ serviceId, keyTypes }, { limit, olderThan }) {
      const own = all()
        .filter((message) => message.serviceId === serviceId && keyTypes.includes(message.keyType))
        .sort((left, right) => (left.acceptedAt + left.id < right.acceptedAt + right.id ? 1 : -1));
      const start = olderThan === null ? 0 : own.findIndex(({ id }) => id === olderThan) + 1;
      return olderThan !== null && start === 0 ? [] : own.slice(start, start + limit);
    },
  };
}
