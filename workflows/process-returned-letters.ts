// The telling of letters that came back, page by page: killed at any point, it goes on where it was.
import { continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Activities, LetterStep } from '../activities/index.ts';
import { letterProgressQuery } from './messages.ts';

const { processLetterPage } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** A few commits' worth. */
const pageSize = 500;

export async function processReturnedLetters({ reportId }: { reportId: string }): Promise<void> {
  let progress: LetterStep = { state: 'running', matched: 0, done: 0 };
  setHandler(letterProgressQuery, () => progress);
  while (progress.state === 'running') {
    progress = await processLetterPage({ reportId, limit: pageSize });
    if (progress.state === 'running' && workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof processReturnedLetters>({ reportId });
  }
}
