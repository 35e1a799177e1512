import type { Redeliveries } from '../../../src/ports/index.ts';
import type { Memory } from './memory.ts';

export function createFakeRedeliveries({ statuses, callbacks, notifications }: Memory): Redeliveries {
  return {
    async redeliver(notificationId, eventId) {
      const status = statuses.get(notificationId)?.find((row) => row.eventId === eventId);
      if (!status) return null;
      const { sequence, state: was } = status;
      const serviceId = notifications.get(notificationId)?.notification.service_id ?? '';
      const hasCallback = callbacks.has(`${serviceId}/${status.event}`);
      if (hasCallback && (was === 'delivered' || was === 'failed'))
        Object.assign(status, { state: 'pending', stateReason: null, queued: true });
      return { sequence, was, hasCallback };
    },
  };
}
