import type { DispatchEntry } from '../ports/index.ts';

/** What one notification still has to tell its workflow; never told twice at the same time, so that it stays in order. */
export type Lane = {
  notificationId: string;
  receiverId: string;
  maxInFlight: number;
  entries: DispatchEntry[];
  isBusy: boolean;
};

/**
 * Lanes that are ready to be told, those of each receiver in their order. The receiver with the fewest attempts open comes
 * first, so that many which have gone silent hold up none that answers; receivers with equally many take turns.
 */
export function createFairLanes({
  load,
  share,
}: {
  /** How many attempts the lane's receiver has open, and how many it may have. */
  load: (lane: Lane) => number;
  share: (lane: Lane) => number;
}) {
  // A Map keeps the order of insertion: the receiver that was served last stands at the end.
  const ready = new Map<string, Lane[]>();

  const first = (): Lane | undefined => {
    let best: Lane | undefined;
    let fewest = Infinity;
    for (const [lane] of ready.values()) {
      if (!lane) continue;
      const count = load(lane);
      if (count >= fewest || count >= share(lane)) continue;
      [best, fewest] = [lane, count];
      if (count === 0) break;
    }
    return best;
  };

  return {
    add(lane: Lane): void {
      const own = ready.get(lane.receiverId);
      if (own) own.push(lane);
      else ready.set(lane.receiverId, [lane]);
    },

    /** The next lane whose receiver has room; undefined when there is none. */
    take(): Lane | undefined {
      const lane = first();
      const own = lane && ready.get(lane.receiverId);
      if (!own) return undefined;
      own.shift();
      ready.delete(lane.receiverId);
      if (own.length > 0) ready.set(lane.receiverId, own);
      return lane;
    },
  };
}
