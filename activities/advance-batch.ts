import type { BatchProgress } from '../src/domain/batch-progress.ts';
import { isId, withinLimit } from './asked-for.ts';
import { whileBeating } from './while-beating.ts';

export type BatchPorts = {
  /** Makes a batch's next step and says how it then stands; null when there is none. */
  stepOfBatch: (batchId: string, limit: number) => Promise<BatchProgress | null>;
};

const mostAtOnce = 100;

/** Repeated, it starts or completes nothing twice. Throws while the database or Temporal is away. */
export function createAdvanceBatch({ stepOfBatch }: BatchPorts) {
  return async function advanceBatch(input: {
    batchId: string;
    limit: number;
  }): Promise<BatchProgress | null> {
    const { batchId, limit } = input;
    if (!isId(batchId)) return null;
    return whileBeating(() => stepOfBatch(batchId, withinLimit(limit, mostAtOnce)));
  };
}
