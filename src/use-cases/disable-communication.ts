import type { Callback, CallbackEvent } from '../domain/callback.schema.ts';
import { notFound } from '../domain/errors.ts';
import type { CallbackStore, CommunicationStore } from '../ports/index.ts';

/** Stops a communication: from then on everything is held. Of one that is stopped already nothing changes. */
export async function disableCommunication(
  ports: { callbacks: CallbackStore; communications: CommunicationStore },
  serviceId: string,
  event: CallbackEvent,
  reason: string | undefined,
): Promise<Callback> {
  await ports.communications.disable(serviceId, event, reason ?? 'The operator disabled it.');
  const callback = await ports.callbacks.find(serviceId, event);
  if (!callback) throw notFound('callback');
  return callback;
}
