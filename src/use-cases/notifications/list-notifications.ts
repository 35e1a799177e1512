import { AppError } from '../../domain/errors.ts';
import type { ListNotifications, Notification } from '../../domain/notifications/notification.schema.ts';
import type { Page } from '../../domain/page.schema.ts';
import type { NotificationStore } from '../../ports/index.ts';
import { scopeOf, type Caller } from '../access/caller.ts';

/** The notifications the caller may see; FORBIDDEN when a service asks for another's. */
export async function listNotifications(
  ports: { notifications: NotificationStore },
  caller: Caller,
  query: ListNotifications,
): Promise<Page<Notification>> {
  const scope = scopeOf(caller);
  if (!scope) return ports.notifications.list(query);
  if (query.service_id !== undefined && query.service_id !== scope.serviceId)
    throw new AppError('FORBIDDEN', "service_id: an API key lists its own service's notifications only.", {
      fields: [{ path: 'service_id', message: 'is not the service of this API key' }],
    });
  return ports.notifications.list({ ...query, service_id: scope.serviceId, keyTypes: scope.keyTypes });
}
