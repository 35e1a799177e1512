import type { DispatchEntry } from '../ports/index.ts';

/** What one notification still has to tell its workflow; never told twice at the same time, so that it stays in order. */
export type Lane = {
  notificationId: string;
  callbackId: string;
  maxInFlight: number;
  entries: DispatchEntry[];
  isBusy: boolean;
};

/** Lanes that are ready to be told, those of each callback in their order, the callbacks in turn. */
export function createFairLanes(hasRoom: (lane: Lane) => boolean) {
  // A Map keeps the order of insertion: the callback that was served last stands at the end.
  const ready = new Map<string, Lane[]>();

  return {
    add(lane: Lane): void {
      const own = ready.get(lane.callbackId);
      if (own) own.push(lane);
      else ready.set(lane.callbackId, [lane]);
    },

    /** The next lane whose callback has room; undefined when there is none. */
    take(): Lane | undefined {
      for (const [callbackId, own] of ready) {
        const [lane] = own;
        if (!lane || !hasRoom(lane)) continue;
        own.shift();
        ready.delete(callbackId);
        if (own.length > 0) ready.set(callbackId, own);
        return lane;
      }
      return undefined;
    },
  };
}
