import type { Notification } from '../../domain/notifications/notification.schema.ts';
import { simulatedOutcome } from '../../domain/acceptance/simulated-recipients.ts';
import { profileNamed } from '../../profiles/index.ts';
import type { AcceptStatusUseCase } from './accept-status.ts';
import type { Caller } from '../access/caller.ts';
import { eventIdFrom } from './event-id-from.ts';

/**
 * What a provider would have reported of a notification made with a test key, by the ordinary path, so that its service
 * gets real callbacks. Done again, because the answer to a registration was lost, it accepts nothing twice.
 */
export async function simulateDelivery(
  { acceptStatus }: { acceptStatus: AcceptStatusUseCase },
  caller: Extract<Caller, { kind: 'service' }>,
  { id, to }: Pick<Notification, 'id' | 'to'>,
): Promise<void> {
  const { simulatedRecipients } = profileNamed(caller.profile);
  for (const status of ['sending', simulatedOutcome(simulatedRecipients, to)])
    await acceptStatus(caller, id, { status, event_id: eventIdFrom(`simulated/${id}/${status}`) });
}
