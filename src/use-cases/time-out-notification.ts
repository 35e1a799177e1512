import type { NotificationStore, ServiceStore } from '../ports/index.ts';
import { profileNamed } from '../profiles/index.ts';
import type { AcceptStatusUseCase } from './accept-status.ts';
import { eventIdFrom } from './event-id-from.ts';

/**
 * Accepts, by the ordinary path, the status that a profile gives to a notification of which nothing final was heard in
 * time; does nothing where something was. Done again, it accepts nothing twice.
 */
export async function timeOutNotification(
  ports: {
    notifications: Pick<NotificationStore, 'find'>;
    services: Pick<ServiceStore, 'find'>;
    acceptStatus: AcceptStatusUseCase;
  },
  notificationId: string,
): Promise<void> {
  const notification = await ports.notifications.find(notificationId);
  const service = notification && (await ports.services.find(notification.service_id));
  const status = service && profileNamed(service.profile).timeoutStatus(notification.status);
  if (!status) return;
  await ports.acceptStatus({ kind: 'operator' }, notificationId, {
    status,
    event_id: eventIdFrom(`timeout/${notificationId}`),
  });
}
