// The life of one notification: its statuses go to the customer's URL in sequence, one at a time for each event.
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
import type {
  Activities,
  AttemptEnd,
  AttemptResult,
  OpenAttempt,
  RetryPlan,
  StatusKey,
} from '../activities/index.ts';
import { progressQuery, statusSignal, type NotificationInput, type StatusMessage } from './messages.ts';
import { ringbackState } from './search-attributes.ts';
import type { StatusLine } from './status-line.ts';
import { StatusLines } from './status-lines.ts';
import { attemptsTaskQueue } from './task-queues.ts';
import { Mutex } from './mutex.ts';

// The healthy path is one workflow task: the first attempt runs inside it, without an activity task (README,
// "Decisions"). One try only: what it cannot finish goes on below as regular activities.
const { attemptCallback } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '130 seconds',
  retry: { maximumAttempts: 1 },
});

// Asks the database only, so it is repeated until the database answers.
const { finishStatus } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Nothing is lost when it is over: what comes later starts a run of its own. */
const maxIdle = '1 day';

export async function notificationWorkflow({
  notificationId,
  statuses,
  openUntil,
}: NotificationInput): Promise<void> {
  const firstAttempts = new Mutex();
  const busy = new Map<StatusLine, Promise<void>>();
  const lines = new StatusLines((line) => {
    if (!busy.has(line))
      busy.set(
        line,
        empty(notificationId, line, firstAttempts).finally(() => busy.delete(line)),
      );
  });
  setHandler(statusSignal, (status) => {
    lines.add(status);
  });
  setHandler(progressQuery, () => lines.progress());
  for (const status of statuses) lines.add(status);

  for (;;) {
    while (busy.size > 0) await Promise.all(busy.values());
    if (lines.waiting().length > 0) break;
    if (openUntil === undefined || lines.hasReported(openUntil)) return;
    if (!(await condition(() => busy.size > 0, maxIdle))) return;
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof notificationWorkflow>({
    notificationId,
    statuses: lines.waiting(),
    ...(openUntil !== undefined && !lines.hasReported(openUntil) && { openUntil }),
  });
}

/** Delivers a line's statuses in sequence, one at a time, until there is none left or the history is long enough. */
async function empty(notificationId: string, line: StatusLine, firstAttempts: Mutex): Promise<void> {
  // The statuses of an input are all in the line before the first of them is taken.
  await Promise.resolve();
  for (let status = line.next(); status; status = line.next()) {
    const earlier = await deliver(notificationId, status, firstAttempts);
    if (earlier) line.bringForward({ ...earlier, ...(status.event && { event: status.event }) }, status);
    else line.finish(status);
    if (workflowInfo().continueAsNewSuggested) return;
  }
}

/** Brings one status to its end; returns the earlier status that has to go first, when there is one. */
async function deliver(
  notificationId: string,
  { sequence }: StatusMessage,
  firstAttempts: Mutex,
): Promise<StatusMessage | null> {
  const key = { notificationId, sequence };
  const first = await firstAttempts
    .runExclusive(() => attemptCallback(key))
    .catch((failure: unknown) => askWhatIsLeft(key, failure));
  const known = first.kind === 'open' ? await awaitOpen(key, first) : first;
  const end = known.kind === 'retry' ? await retry(key, known) : known;
  return end.kind === 'earlierFirst' ? end.earlier : null;
}

/**
 * Waits for a first attempt that has outlived its patience, in the process that makes it: the exchange is neither cut
 * nor repeated. When nobody takes the activity up, or it stops beating, that process is gone and the attempt with it.
 */
async function awaitOpen(key: StatusKey, { taskQueue, timeoutSeconds }: OpenAttempt): Promise<AttemptResult> {
  const { awaitAttempt } = proxyActivities<Activities>({
    taskQueue,
    scheduleToStartTimeout: '20 seconds',
    startToCloseTimeout: `${timeoutSeconds + 30} seconds`,
    heartbeatTimeout: '20 seconds',
    retry: { maximumAttempts: 1 },
  });
  return awaitAttempt(key).catch((failure: unknown) => askWhatIsLeft(key, failure));
}

/**
 * Tries again on the callback's schedule by the regular activity's own retry policy, which operators see, pause and
 * reset in Temporal's UI. A worker that dies during an attempt uses up one of Temporal's tries and none of the
 * customer's: `finishStatus` then says what is left, and the rest is tried as a new activity.
 */
async function retry(key: StatusKey, first: RetryPlan): Promise<AttemptEnd> {
  upsertSearchAttributes([{ key: ringbackState, value: 'retrying' }]);
  let result: AttemptResult = first;
  while (result.kind === 'retry') {
    const plan: RetryPlan = result;
    if (!plan.isAtOnce) await sleep(plan.waitSeconds * 1000);
    const { retryCallback } = proxyActivities<Activities>({
      taskQueue: attemptsTaskQueue(workflowInfo().taskQueue),
      // An attempt may have to stand in line for some minutes; a worker that dies is missed by its heartbeat.
      startToCloseTimeout: `${plan.timeoutSeconds + 400} seconds`,
      heartbeatTimeout: '30 seconds',
      retry: {
        initialInterval: `${plan.intervalSeconds} seconds`,
        backoffCoefficient: 1,
        maximumAttempts: plan.attemptsLeft,
      },
    });
    result = await retryCallback(key).catch((failure: unknown) => askWhatIsLeft(key, failure));
  }
  if (result.kind === 'finished') upsertSearchAttributes([{ key: ringbackState, value: result.state }]);
  return result;
}

/** After tries that ended without a word on the status; an operator's cancellation is not one of them. */
function askWhatIsLeft(key: StatusKey, failure: unknown): Promise<AttemptResult> {
  // A local activity's failure comes as it was thrown, a regular one's wrapped; any other error is a fault of this code.
  if (isCancellation(failure) || !(failure instanceof TemporalFailure)) throw failure;
  return finishStatus(key);
}
