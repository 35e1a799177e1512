// Everything a workflow can ask for. The names are stored in histories, so they are final.
import { createAdvanceBatch, type BatchPorts } from './advance-batch.ts';
import { createAcceptReturnedLetters, type LetterPorts } from './accept-returned-letters.ts';
import { createApplyTimeout, type TimeoutPorts } from './apply-timeout.ts';
import { isId, isStatusKey, onlyFor } from './asked-for.ts';
import { createAttemptCallback } from './attempt-callback.ts';
import { createAwaitAttempt } from './await-attempt.ts';
import type { AttemptPorts } from './carry-out-attempt.ts';
import { createCancelDrain, createReleaseHeld, type DrainPorts } from './drain-activities.ts';
import { createListMails, createSendMail, type MailPorts } from './mail-activities.ts';
import { createRetryCallback } from './retry-callback.ts';
import { createSettleStatus } from './settle-status.ts';

export type { BatchProgress } from '../src/domain/batch-progress.ts';
import type { AttemptEnd } from './find-open-job.ts';
export type { AttemptEnd, StatusKey } from './find-open-job.ts';
export type { DrainStep } from './drain-activities.ts';
export type { LetterStep } from './accept-returned-letters.ts';
export type { MailOccasion } from './mail-activities.ts';
export type { FirstAttemptResult, OpenAttempt } from './attempt-callback.ts';
export { sendCallback, type SendPorts, type UnopenedCredentials } from './send-callback.ts';
export { createHeldAttempts } from './held-attempts.ts';
export { createOpenAttempts, type OpenAttempts } from './open-attempts.ts';
export type { AttemptResult, RetryPlan } from './retry-plan.ts';

export type ActivityPorts = AttemptPorts & MailPorts & DrainPorts & TimeoutPorts & LetterPorts & BatchPorts;

const unknown: AttemptEnd = { kind: 'settled', state: 'unknown' };

export function createActivities(ports: ActivityPorts) {
  return {
    attemptCallback: onlyFor(isStatusKey, unknown, createAttemptCallback(ports)),
    awaitAttempt: onlyFor(isStatusKey, unknown, createAwaitAttempt(ports)),
    retryCallback: onlyFor(isStatusKey, unknown, createRetryCallback(ports)),
    settleStatus: onlyFor(isStatusKey, unknown, createSettleStatus(ports)),
    listMails: createListMails(ports),
    sendMail: onlyFor(isId, undefined, createSendMail(ports)),
    releaseHeld: createReleaseHeld(ports),
    cancelDrain: onlyFor(isId, undefined, createCancelDrain(ports)),
    applyTimeout: onlyFor(isId, 'nothing to do', createApplyTimeout(ports)),
    acceptReturnedLetters: createAcceptReturnedLetters(ports),
    advanceBatch: createAdvanceBatch(ports),
  };
}

export type Activities = ReturnType<typeof createActivities>;
