// The destinations of a member, as they come along with its row.
import type { DestinationSnapshot } from '../../domain/acceptance/member-acceptance.ts';

export type DestinationJson = {
  place: number;
  type: 'email' | 'sms' | 'voice';
  address: string;
  provider: string | null;
  provider_reference: string | null;
  status: string | null;
  is_processed: boolean;
};

/** All of a notification's, in their places, as SQL of one JSON value. */
export function destinationsOf(notificationId: string): string {
  return `(SELECT jsonb_agg(to_jsonb(d) - 'notification_id' ORDER BY d.place)
      FROM destinations d WHERE d.notification_id = ${notificationId})`;
}

export function toDestinationSnapshot(json: DestinationJson): DestinationSnapshot {
  const { place, type, address, provider, status, is_processed: isProcessed } = json;
  return { place, type, address, provider, status, isProcessed };
}
