// Everything a workflow can ask for. The names are stored in histories, so they are final.
import { createAttemptCallback } from './attempt-callback.ts';
import type { ActivityPorts } from './make-attempt.ts';
import { createRetryCallback } from './retry-callback.ts';
import { createSettleStatus } from './settle-status.ts';

export type { AttemptEnd, StatusKey } from './find-open-job.ts';
export type { ActivityPorts } from './make-attempt.ts';
export type { AttemptResult, RetryPlan } from './attempt-callback.ts';

export function createActivities(ports: ActivityPorts) {
  return {
    attemptCallback: createAttemptCallback(ports),
    retryCallback: createRetryCallback(ports),
    settleStatus: createSettleStatus(ports),
  };
}

export type Activities = ReturnType<typeof createActivities>;
