// Everything a workflow can ask for. The names are stored in histories, so they are final.
import { createAdvanceBatch, type BatchPorts } from './advance-batch.ts';
import { createProcessLetterPage, type LetterPorts } from './process-returned-letters.ts';
import { createApplyTimeout, type TimeoutPorts } from './apply-timeout.ts';
import { isId, isStatusKey, onlyFor } from './parse-input.ts';
import { createAttemptCallback } from './attempt-callback.ts';
import { createAwaitAttempt } from './await-attempt.ts';
import type { AttemptPorts } from '../src/delivery/execute-attempt.ts';
import { createCancelDrain, createReleaseHeld, type DrainPorts } from './drain-activities.ts';
import { createListMails, createSendMail, type MailPorts } from './mail-activities.ts';
import { createRetryCallback } from './retry-callback.ts';
import { createFinishStatus } from './finish-status.ts';

export type { BatchProgress } from '../src/domain/campaigns/batch-progress.ts';
import type { AttemptEnd } from '../src/delivery/load-due-delivery.ts';
export type { AttemptEnd, StatusKey } from '../src/delivery/load-due-delivery.ts';
export type { DrainStep } from './drain-activities.ts';
export type { LetterStep } from './process-returned-letters.ts';
export type { MailIncident } from './mail-activities.ts';
export type { FirstAttemptResult, OpenAttempt } from './attempt-callback.ts';
export { sendCallback, type SendPorts, type UnopenedCredentials } from '../src/delivery/send-callback.ts';
export { createHeldAttempts } from '../src/delivery/held-attempts.ts';
export { createInFlightAttempts, type InFlightAttempts } from '../src/delivery/in-flight-attempts.ts';
export type { AttemptResult, RetryPlan } from '../src/delivery/retry-plan.ts';

export type ActivityPorts = AttemptPorts & MailPorts & DrainPorts & TimeoutPorts & LetterPorts & BatchPorts;

const unknown: AttemptEnd = { kind: 'finished', state: 'unknown' };

export function createActivities(ports: ActivityPorts) {
  return {
    attemptCallback: onlyFor(isStatusKey, unknown, createAttemptCallback(ports)),
    awaitAttempt: onlyFor(isStatusKey, unknown, createAwaitAttempt(ports)),
    retryCallback: onlyFor(isStatusKey, unknown, createRetryCallback(ports)),
    finishStatus: onlyFor(isStatusKey, unknown, createFinishStatus(ports)),
    listMails: createListMails(ports),
    sendMail: onlyFor(isId, undefined, createSendMail(ports)),
    releaseHeld: createReleaseHeld(ports),
    cancelDrain: onlyFor(isId, undefined, createCancelDrain(ports)),
    applyTimeout: onlyFor(isId, 'nothing to do', createApplyTimeout(ports)),
    processLetterPage: createProcessLetterPage(ports),
    advanceBatch: createAdvanceBatch(ports),
  };
}

export type Activities = ReturnType<typeof createActivities>;
