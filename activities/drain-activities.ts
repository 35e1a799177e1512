import type { DrainStore } from '../src/ports/index.ts';

export type DrainPorts = { drains: DrainStore };

export type DrainStep = { state: string; held: number; released: number };

/** Puts up to `limit` held statuses on their way and says how the drain then stands; repeated, it releases the next. */
export function createReleaseHeld({ drains }: DrainPorts) {
  return async function releaseHeld({
    drainId,
    limit,
  }: {
    drainId: string;
    limit: number;
  }): Promise<DrainStep> {
    const drain = await drains.release(drainId, limit);
    if (!drain) return { state: 'unknown', held: 0, released: 0 };
    return { state: drain.state, held: drain.held, released: drain.released };
  };
}

/** Ends a drain early; what it has not released stays held. */
export function createCancelDrain({ drains }: DrainPorts) {
  return async function cancelDrain(drainId: string): Promise<void> {
    await drains.cancel(drainId);
  };
}
