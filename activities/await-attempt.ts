import { Context } from '@temporalio/activity';
import type { AttemptPorts } from '../src/delivery/execute-attempt.ts';
import type { StatusKey } from '../src/delivery/load-due-delivery.ts';
import { toResult, type AttemptResult } from '../src/delivery/retry-plan.ts';
import { finish } from './finish-status.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/**
 * Waits for the first attempt that this process has still under way, on the task queue that is this process's alone. It
 * makes none itself: when the attempt has ended so long ago that it is forgotten, what is recorded tells what is left.
 */
export function createAwaitAttempt(ports: AttemptPorts) {
  return async function awaitAttempt(key: StatusKey): Promise<AttemptResult> {
    const open = ports.inFlightAttempts.find(key);
    if (!open) return finish(ports, key);
    const { cancelled } = Context.current();
    return toResult(await withHeartbeat(() => Promise.race([open, cancelled])));
  };
}
