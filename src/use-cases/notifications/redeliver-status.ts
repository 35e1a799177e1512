import type { StoredState } from '../../domain/callbacks/callback-state.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import type { Redelivery } from '../../domain/notifications/history.schema.ts';
import type { NotificationStore, Redeliveries } from '../../ports/index.ts';
import { maySee, type Caller } from '../access/caller.ts';

/** Why a status in this state is not sent again, as the end of a sentence; null for those that are. */
const objections: Readonly<Record<StoredState, string | null>> = {
  delivered: null,
  failed: null,
  pending: 'is on its way already.',
  retrying: 'is being retried already.',
  held: 'is held: enable its communication, which delivers everything that is held.',
  skipped: 'was never to be sent; its history says why.',
};

/**
 * Sends a status again that was delivered or has failed, with all its attempts, the same event id and the same bytes.
 * Throws CONFLICT for one that is not finished so, and when the service has no callback for it any more.
 */
export async function redeliverStatus(
  ports: { notifications: NotificationStore; redeliveries: Redeliveries },
  caller: Caller,
  notificationId: string,
  eventId: string,
): Promise<Redelivery> {
  const notification = await ports.notifications.find(notificationId);
  if (!notification || !maySee(caller, notification)) throw notFound('notification');
  return redeliver(ports, notificationId, eventId);
}

/** The same for whoever has been found to be allowed to. */
export async function redeliver(
  ports: { redeliveries: Redeliveries },
  notificationId: string,
  eventId: string,
): Promise<Redelivery> {
  const found = await ports.redeliveries.redeliver(notificationId, eventId);
  if (!found) throw notFound('callback result');
  const objection = objections[found.was];
  if (objection !== null) throw new AppError('CONFLICT', `Status ${found.sequence} ${objection}`);
  if (!found.hasCallback)
    throw new AppError(
      'CONFLICT',
      'The service has no callback for this event any more: configure one first.',
    );
  return { id: eventId, notification_id: notificationId, sequence: found.sequence };
}
