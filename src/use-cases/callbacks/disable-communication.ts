import type { Callback, CallbackEvent } from '../../domain/callbacks/callback.schema.ts';
import type { Communication } from '../../domain/campaigns/communication.schema.ts';
import { notFound } from '../../domain/errors.ts';
import type { CallbackStore, CampaignStore, CommunicationStore } from '../../ports/index.ts';

const byTheOperator = 'The operator disabled it.';

/** Stops a communication: from then on everything is held. Of one that is stopped already nothing changes. */
export async function disableCommunication(
  ports: { callbacks: CallbackStore; communications: CommunicationStore },
  serviceId: string,
  event: CallbackEvent,
  reason: string | undefined,
): Promise<Callback> {
  await ports.communications.disable(serviceId, event, reason ?? byTheOperator);
  const callback = await ports.callbacks.find(serviceId, event);
  if (!callback) throw notFound('callback');
  return callback;
}

/** The same for a communication of Dispatch, with all of its callbacks; its unsent batches wait as well. */
export async function disableWholeCommunication(
  ports: { campaigns: CampaignStore; communications: CommunicationStore },
  id: string,
  reason: string | undefined,
): Promise<Communication> {
  await ports.communications.disable(id, 'communication', reason ?? byTheOperator);
  const communication = await ports.campaigns.findCommunication(id);
  if (!communication) throw notFound('communication');
  return communication;
}
