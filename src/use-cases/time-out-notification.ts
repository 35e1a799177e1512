import { timeoutHours } from '../domain/timeout-hours.ts';
import type { NotificationStore, ServiceStore } from '../ports/index.ts';
import type { AcceptStatusUseCase } from './accept-status.ts';
import { eventIdFrom } from './event-id-from.ts';
import { timeoutStatusOf } from './timeout-status-of.ts';

/** `early`: nothing was done, and there is nothing to do before so many seconds have passed. */
export type TimeOut = { kind: 'timed out' | 'nothing to do' } | { kind: 'early'; seconds: number };

/**
 * Accepts, by the ordinary path, the status that a profile gives to a notification of which nothing final was heard in
 * time. Whether that time is over the database says, not that somebody calls. Done again, it accepts nothing twice.
 */
export async function timeOutNotification(
  ports: {
    notifications: Pick<NotificationStore, 'find' | 'secondsUntilOverdue'>;
    services: Pick<ServiceStore, 'find'>;
    acceptStatus: AcceptStatusUseCase;
  },
  notificationId: string,
): Promise<TimeOut> {
  const notification = await ports.notifications.find(notificationId);
  const service = notification && (await ports.services.find(notification.service_id));
  const status = service && timeoutStatusOf(service.profile, notification);
  if (!status) return { kind: 'nothing to do' };
  const seconds = await ports.notifications.secondsUntilOverdue(notificationId, timeoutHours);
  if (seconds === null) return { kind: 'nothing to do' };
  if (seconds > 0) return { kind: 'early', seconds };
  await ports.acceptStatus({ kind: 'operator' }, notificationId, {
    status,
    event_id: eventIdFrom(`timeout/${notificationId}`),
  });
  return { kind: 'timed out' };
}
