import { Context } from '@temporalio/activity';
import { drainWorkflowId } from '../src/domain/workflow-id.ts';
import type { DrainStore } from '../src/ports/index.ts';
import { isId, withinLimit } from './asked-for.ts';

export type DrainPorts = { drains: DrainStore };

export type DrainStep = { state: string; held: number; released: number };

const mostAtOnce = 200;

/**
 * Puts up to `limit` held statuses on their way, as the drain's own rate allows, and says how it then stands; repeated, it
 * releases the next.
 */
export function createReleaseHeld({ drains }: DrainPorts) {
  return async function releaseHeld({
    drainId,
    limit,
  }: {
    drainId: string;
    limit: number;
  }): Promise<DrainStep> {
    const drain = isId(drainId) ? await drains.release(drainId, withinLimit(limit, mostAtOnce)) : null;
    if (!drain) return { state: 'unknown', held: 0, released: 0 };
    return { state: drain.state, held: drain.held, released: drain.released };
  };
}

/**
 * Ends a drain early; what it has not released stays held. Only the drain's own workflow, of which there is one at a time,
 * may ask for it: an operator cancels that one.
 */
export function createCancelDrain({ drains }: DrainPorts) {
  return async function cancelDrain(drainId: string): Promise<void> {
    const { workflowExecution } = Context.current().info;
    if (workflowExecution?.workflowId === drainWorkflowId(drainId)) await drains.cancel(drainId);
  };
}
