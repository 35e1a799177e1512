import { noReportFields } from '../../domain/acceptance/acceptance.ts';
import { batchProgress, type BatchProgress } from '../../domain/campaigns/batch-progress.ts';
import { fromDate } from '../../domain/instant.ts';
import type { BatchState, BatchStore, MemberWorkflows } from '../../ports/index.ts';
import type { Acceptor } from '../acceptance/accept-events.ts';
import { eventIdFrom } from '../acceptance/event-id-from.ts';

type Ports = Acceptor & { batches: BatchStore; memberWorkflows: MemberWorkflows };

/** So many that they are started eagerly, each by the answer to its start. */
const startsAtOnce = 8;

/**
 * One step of a batch: starts the workflows of its next `limit` members, or, when all are processed and no more come,
 * completes it, and says how it then stands; null when there is none. While the communication is disabled nothing is
 * started. A step that was broken off is done again, and starts or completes nothing twice.
 */
export function createAdvanceBatch(
  ports: Ports,
): (batchId: string, limit: number) => Promise<BatchProgress | null> {
  const { batches } = ports;
  const complete = createCompleteBatches(ports);

  return async (batchId, limit) => {
    const state = await batches.state(batchId);
    if (!state || state.isComplete) return state && batchProgress(state);
    if (state.isClosed && state.processed >= state.members) await complete(state.communicationId);
    else if (state.started < state.members && !state.isDisabled)
      await startNext(ports, batchId, state, limit);
    const after = await batches.state(batchId);
    return after && batchProgress(after);
  };
}

async function startNext(
  { batches, memberWorkflows }: Ports,
  batchId: string,
  { communicationId, serviceId, reportsWhenSent }: BatchState,
  limit: number,
): Promise<void> {
  const { ids, upTo } = await batches.nextToStart(batchId, limit);
  // A workflow that has nothing to wait for is left to begin with its member's first event.
  const waiting = reportsWhenSent ? ids : [];
  for (let at = 0; at < waiting.length; at += startsAtOnce)
    await Promise.all(
      waiting
        .slice(at, at + startsAtOnce)
        .map((notificationId) => memberWorkflows.start({ notificationId, serviceId, communicationId })),
    );
  await batches.started(batchId, upTo);
}

/** Accepts, for each batch of a communication that has become COMPLETE, that it is; each once, whoever asks. */
function createCompleteBatches(ports: Ports): (communicationId: string) => Promise<void> {
  const { accept } = ports;
  return async (communicationId) => {
    const ids = await ports.batches.completable(communicationId);
    for (const id of ids) {
      const now = fromDate(ports.now());
      await accept(
        { kind: 'operator' },
        {
          notificationId: id,
          event: 'communication_complete',
          details: null,
          eventId: eventIdFrom(`complete/${id}`),
          status: 'COMPLETE',
          acceptedAt: now,
          occurredAt: now,
          ...noReportFields,
          completedAt: now,
        },
      );
    }
    await ports.batches.complete(ids);
  };
}
