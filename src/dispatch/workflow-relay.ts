import { AppError } from '../domain/errors.ts';
import type { DispatchLog, WorkflowRequest, WorkflowRequests, WorkflowStarter } from '../ports/index.ts';
import { createNudge } from './nudge.ts';

/** As many as one look takes; what goes beyond is found by the next. */
const batch = 50;
const atOnce = 8;

export type WorkflowRelay = { start(): void; nudge(): void; stop(): Promise<void> };

/**
 * Starts the workflows that transactions have asked for. Every process looks, and whoever is first starts one: the
 * workflow's id makes a second start of the same request impossible, so a crash at any line repeats a step at most.
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
    try {
      await starter.start(request);
    } catch (cause) {
      const { workflowId } = request;
      log.warn({ err: cause, workflowId }, 'a workflow could not be started; it is tried again');
      return cause instanceof AppError && cause.code === 'UNAVAILABLE' ? 'away' : 'refused';
    }
    await requests.done(request);
    return 'started';
  };

  const look = async (): Promise<void> => {
    const open = await requests.open(batch);
    let hasStarted = false;
    for (let place = 0; place < open.length; place += atOnce) {
      const results = await Promise.all(open.slice(place, place + atOnce).map(carryOut));
      if (results.includes('away')) return;
      hasStarted ||= results.includes('started');
    }
    // What Temporal refuses by itself stays in the list, and alone is no reason to look again at once.
    if (open.length === batch && hasStarted) nudge();
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
