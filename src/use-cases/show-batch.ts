import type { Batch, Member } from '../domain/batch.schema.ts';
import { notFound } from '../domain/errors.ts';
import type { BatchStore, StoredBatch } from '../ports/index.ts';
import { maySeeBatches, type Caller } from './caller.ts';
import type { WorkflowUrl } from './show-history.ts';

type Ports = { batches: BatchStore; workflowUrl: WorkflowUrl };

export async function showBatch(ports: Ports, caller: Caller, batchId: string): Promise<Batch> {
  const batch = await ports.batches.find(batchId);
  if (!batch || !maySeeBatches(caller, batch.service_id)) throw notFound('batch');
  return withWorkflow(ports, batch);
}

/** Says that no more members come: once all are processed, the batch is complete. Repeated, it changes nothing. */
export async function closeBatch(ports: Ports, caller: Caller, batchId: string): Promise<Batch> {
  await showBatch(ports, caller, batchId);
  const batch = await ports.batches.close(batchId);
  if (!batch) throw notFound('batch');
  return withWorkflow(ports, batch);
}

/** Few enough to be held in memory, many enough to keep the database from being asked too often. */
const pageSize = 500;

/** A batch's members in their places from `from` on, at most `limit`, read page by page as they are taken. */
export async function* membersOf(
  { batches }: Pick<Ports, 'batches'>,
  batchId: string,
  { from, limit }: { from: number; limit: number },
): AsyncGenerator<Member> {
  for (let taken = 0; taken < limit;) {
    const wanted = Math.min(pageSize, limit - taken);
    const page = await batches.members(batchId, from + taken, wanted);
    yield* page;
    taken += page.length;
    // A page may be shorter than was wanted, where its members are large.
    if (page.length === 0) return;
  }
}

function withWorkflow({ workflowUrl }: Pick<Ports, 'workflowUrl'>, batch: StoredBatch): Batch {
  const workflowId = `batch/${batch.id}`;
  return { ...batch, workflow_id: workflowId, workflow_url: workflowUrl(workflowId) };
}
