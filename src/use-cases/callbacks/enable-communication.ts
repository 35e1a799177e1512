import { v7 as uuidv7 } from 'uuid';
import type { EnableCommunication, StartedDrain } from '../../domain/callbacks/drain.schema.ts';
import { notFound } from '../../domain/errors.ts';
import type { CommunicationKind, CommunicationStore } from '../../ports/index.ts';

/**
 * Starts a communication again and has what is held delivered, in order and before anything newer of the same
 * notification. Where that goes on already the answer names the drain that does it.
 */
export async function enableCommunication(
  { communications }: { communications: CommunicationStore },
  ownerId: string,
  kind: CommunicationKind,
  body: EnableCommunication,
): Promise<StartedDrain> {
  const started = await communications.enable(ownerId, kind, {
    newId: uuidv7(),
    ratePerSecond: body?.rate_per_second ?? null,
  });
  if (!started) throw notFound(kind === 'communication' ? 'communication' : 'callback');
  return { drain_id: started.drainId, held: started.held };
}
