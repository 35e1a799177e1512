// The life of a batch of Dispatch: its members are given their workflows page by page, and when all are processed and no
// more come, it is complete. What it says of itself is read anew at each step, so a signal only has to wake it.
import {
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, BatchProgress } from '../activities/index.ts';
import { batchProgressQuery, changedSignal } from './messages.ts';

const { advanceBatch } = proxyActivities<Activities>({
  startToCloseTimeout: '5 minutes',
  // A worker that dies in the middle of a page is missed by this.
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** So many starts are one activity, which is done again whole when its worker dies. */
const pageSize = 100;

// Nothing depends on these looks: they keep what operators see from growing old.
const firstLookSeconds = 10;
const lastLookSeconds = 600;

export async function batchWorkflow({ batchId }: { batchId: string }): Promise<void> {
  let progress: BatchProgress | null = null;
  let hasChanged = false;
  setHandler(changedSignal, () => {
    hasChanged = true;
  });
  setHandler(batchProgressQuery, () => progress);

  for (let lookSeconds = firstLookSeconds; ;) {
    hasChanged = false;
    progress = await advanceBatch({ batchId, limit: pageSize });
    if (!progress) return;
    setCurrentDetails(describe(progress));
    if (progress.status === 'COMPLETE') return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof batchWorkflow>({ batchId });
    if (hasMoreToStart(progress)) continue;
    const isWoken = await condition(() => hasChanged, lookSeconds * 1000);
    lookSeconds = isWoken ? firstLookSeconds : Math.min(lookSeconds * 2, lastLookSeconds);
  }
}

function hasMoreToStart({ status, started, members }: BatchProgress): boolean {
  return status === 'IN_PROGRESS' && started < members;
}

function describe({ status, members, started, processed, isClosed }: BatchProgress): string {
  return `${status}: ${started} of ${members} members started, ${processed} processed${isClosed ? '' : '; more may come'}`;
}
