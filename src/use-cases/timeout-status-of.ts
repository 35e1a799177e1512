import type { Notification } from '../domain/notification.schema.ts';
import { findProfile } from '../profiles/index.ts';

/** What a notification becomes when nothing final is heard of it in time; null for what stays as it is, as letters do. */
export function timeoutStatusOf(
  profileName: string,
  { notification_type: type, status }: Pick<Notification, 'notification_type' | 'status'>,
): string | null {
  if (type === 'letter') return null;
  return findProfile(profileName)?.timeoutStatus(status) ?? null;
}
