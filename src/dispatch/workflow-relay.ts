import { AppError } from '../domain/errors.ts';
import { storableText } from '../domain/storable.ts';
import type { DispatchLog, WorkflowRequest, WorkflowRequests, WorkflowStarter } from '../ports/index.ts';
import { createNudge } from './nudge.ts';

/** As many as one look takes; what goes beyond is found by the next. */
const batch = 50;
const atOnce = 8;
/** A process that ends within a look leaves its requests to the others after this time. */
const leaseSeconds = 60;
/** After 2, 4, 8 … 128 seconds: what is refused for four minutes is refused for a reason that does not pass. */
const maxTries = 8;
/** While Temporal is away, those that were tried come after those that were not: one that fails by itself stops none. */
const awaySeconds = 5;
const maxErrorCharacters = 500;

export type WorkflowRelay = { start(): void; nudge(): void; stop(): Promise<void> };

/**
 * Starts the workflows that transactions have asked for. Every process looks and claims what is due; the workflow's id
 * makes a second start of the same request impossible, so a crash at any line repeats a step at most. A request that is
 * refused waits ever longer by itself, and is set aside after `maxTries`.
 */
export function createWorkflowRelay(options: {
  requests: WorkflowRequests;
  starter: WorkflowStarter;
  log: DispatchLog;
  everySeconds: number;
}): WorkflowRelay {
  const { requests, starter, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let looking: Promise<void> = Promise.resolve();

  const carryOut = async (request: WorkflowRequest): Promise<'started' | 'refused' | 'away'> => {
    const { workflowId, tries } = request;
    try {
      await starter.start(request);
    } catch (cause) {
      if (cause instanceof AppError && cause.code === 'UNAVAILABLE') {
        log.warn({ err: cause, workflowId }, 'a workflow could not be started; it is tried again');
        return 'away';
      }
      const isLast = tries + 1 >= maxTries;
      log.warn(
        { err: cause, workflowId, tries: tries + 1 },
        isLast
          ? 'Temporal refuses to start a workflow; its request is set aside: see GET /v1/workflow-requests'
          : 'Temporal refused to start a workflow; it is tried again',
      );
      await requests.refuse(request, textOf(cause), isLast ? null : 2 ** (tries + 1));
      return 'refused';
    }
    await requests.done(request);
    return 'started';
  };

  /** Answers whether Temporal is there at all, as far as these can tell. */
  const carryOutTogether = async (some: readonly WorkflowRequest[]): Promise<boolean> => {
    const results = await Promise.all(
      some.map((request) =>
        carryOut(request).catch((cause: unknown) => {
          // It is claimed, so it comes again after its lease.
          log.warn(
            { err: cause, workflowId: request.workflowId },
            'a request for a workflow was not updated',
          );
          return 'refused' as const;
        }),
      ),
    );
    const unreached = some.filter((_request, place) => results[place] === 'away');
    if (unreached.length > 0) await requests.postpone(unreached, awaySeconds);
    return unreached.length < some.length;
  };

  const look = async (): Promise<void> => {
    const due = await requests.claim(batch, leaseSeconds);
    for (let place = 0; place < due.length; place += atOnce) {
      if (await carryOutTogether(due.slice(place, place + atOnce))) continue;
      const rest = due.slice(place + atOnce);
      if (rest.length > 0) await requests.release(rest);
      return;
    }
    if (due.length === batch) nudge();
  };

  const nudge = createNudge(() => {
    if (!isRunning) return Promise.resolve();
    looking = look().catch((cause: unknown) =>
      log.warn({ err: cause }, 'what workflows are to be started could not be read; it is tried again'),
    );
    return looking;
  });

  return {
    nudge,
    start() {
      isRunning = true;
      nudge();
      timer = setInterval(nudge, options.everySeconds * 1000);
    },
    async stop() {
      isRunning = false;
      clearInterval(timer);
      await looking;
    },
  };
}

/** An operator reads it, so it says what the server said where there is such a thing. */
function textOf(cause: unknown): string {
  const own = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const text = own instanceof Error ? own.message : String(own);
  return storableText(text, maxErrorCharacters);
}
