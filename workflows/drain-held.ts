// The release of what was held, after its communication was enabled: a few at a time, so that the receiver can follow.
import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, DrainStep } from '../activities/index.ts';
import { drainProgressQuery } from './messages.ts';

const { releaseHeld, cancelDrain } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** One statement's worth; at a higher rate there are several in a second. */
const maxBatch = 200;

type DrainInput = { drainId: string; ratePerSecond: number };

/** Ends when nothing is held any more, or the drain is cancelled, here or over the API, or its communication disabled. */
export async function drainHeld({ drainId, ratePerSecond }: DrainInput): Promise<void> {
  let progress: DrainStep = { state: 'running', held: 0, released: 0 };
  setHandler(drainProgressQuery, () => progress);
  const limit = Math.min(maxBatch, Math.max(1, Math.round(ratePerSecond)));
  const pauseMs = Math.ceil((limit / ratePerSecond) * 1000);
  try {
    for (;;) {
      progress = await releaseHeld({ drainId, limit });
      if (progress.state !== 'running') return;
      await sleep(pauseMs);
      if (workflowInfo().continueAsNewSuggested)
        await continueAsNew<typeof drainHeld>({ drainId, ratePerSecond });
    }
  } catch (cause) {
    if (isCancellation(cause)) await CancellationScope.nonCancellable(() => cancelDrain(drainId));
    throw cause;
  }
}
