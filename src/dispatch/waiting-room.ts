import { createTally } from './tally.ts';

/** How many entries of each callback wait in memory, and whether more of them may come. */
export function createWaitingRoom({ most, few }: { most: number; few: number }) {
  const waiting = createTally();
  /** The callbacks of which `most` were here once, and not few since. */
  const full = new Set<string>();

  return {
    come: (callbackId: string, count: number): void => waiting.add(callbackId, count),

    /** Answers whether with these only few are left. */
    leave(callbackId: string, count: number): boolean {
      waiting.add(callbackId, -count);
      const left = waiting.of(callbackId);
      return left < few && left + count >= few;
    },

    /** Not until there is room for one, but until few are left: else of one notification's statuses every other went elsewhere. */
    isFull: (callbackId: string): boolean => {
      const count = waiting.of(callbackId);
      if (count >= most) full.add(callbackId);
      else if (count < few) full.delete(callbackId);
      return full.has(callbackId);
    },

    atLeast: waiting.atLeast,
  };
}
