// The life of one notification: its statuses go to the customer's URL in sequence, one at a time.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, AttemptEnd, AttemptResult, RetryPlan, StatusKey } from '../activities/index.ts';
import { progressQuery, statusSignal, type NotificationInput, type StatusMessage } from './messages.ts';
import { ringbackState } from './search-attributes.ts';
import { StatusLine } from './status-line.ts';

// The healthy path is one workflow task: the first attempt runs inside it, without an activity task (README, "What a
// callback costs"). One try only: what it cannot settle goes on below as regular activities.
const { attemptCallback } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '130 seconds',
  retry: { maximumAttempts: 1 },
});

// Asks the database only, so it is repeated until the database answers.
const { settleStatus } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

export async function notificationWorkflow({ notificationId, statuses }: NotificationInput): Promise<void> {
  const line = new StatusLine(statuses);
  setHandler(statusSignal, (status) => line.add(status));
  setHandler(progressQuery, () => line.progress());

  for (let status = line.next(); status; status = line.next()) {
    const earlier = await deliver(notificationId, status);
    if (earlier) line.bringForward(earlier, status);
    else line.settle(status);

    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof notificationWorkflow>({ notificationId, statuses: line.waiting() });
    }
  }
}

/** Brings one status to its end; returns the earlier status that has to go first, when there is one. */
async function deliver(notificationId: string, { sequence }: StatusMessage): Promise<StatusMessage | null> {
  const key = { notificationId, sequence };
  const first = await attemptCallback(key).catch((failure: unknown) => askWhatIsLeft(key, failure));
  const end = first.kind === 'retry' ? await retry(key, first) : first;
  return end.kind === 'earlierFirst' ? end.earlier : null;
}

/**
 * Tries again on the callback's schedule by the regular activity's own retry policy, which operators see, pause and
 * reset in Temporal's UI. A worker that dies during an attempt uses up one of Temporal's tries and none of the
 * customer's: `settleStatus` then says what is left, and the rest is tried as a new activity.
 */
async function retry(key: StatusKey, first: RetryPlan): Promise<AttemptEnd> {
  upsertSearchAttributes([{ key: ringbackState, value: 'retrying' }]);
  let result: AttemptResult = first;
  while (result.kind === 'retry') {
    const plan: RetryPlan = result;
    await sleep(plan.waitSeconds * 1000);
    const { retryCallback } = proxyActivities<Activities>({
      startToCloseTimeout: `${plan.timeoutSeconds + 10} seconds`,
      heartbeatTimeout: '30 seconds',
      retry: {
        initialInterval: `${plan.intervalSeconds} seconds`,
        backoffCoefficient: 1,
        maximumAttempts: plan.attemptsLeft,
      },
    });
    result = await retryCallback(key).catch((failure: unknown) => askWhatIsLeft(key, failure));
  }
  if (result.kind === 'settled') upsertSearchAttributes([{ key: ringbackState, value: result.state }]);
  return result;
}

/** After tries that ended without a word on the status; an operator's cancellation is not one of them. */
function askWhatIsLeft(key: StatusKey, failure: unknown): Promise<AttemptResult> {
  // A local activity's failure comes as it was thrown, a regular one's wrapped; any other error is a fault of this code.
  if (isCancellation(failure) || !(failure instanceof TemporalFailure)) throw failure;
  return settleStatus(key);
}
