import { createTally } from './tally.ts';

/** How many entries of each receiver wait in memory, and whether more of them may come. */
export function createWaitingRoom({ most, few }: { most: number; few: number }) {
  const waiting = createTally();
  /** The receivers of which `most` were here once, and not few since. */
  const full = new Set<string>();

  return {
    come: (receiverId: string, count: number): void => waiting.add(receiverId, count),

    /** Answers whether with these only few are left. */
    leave(receiverId: string, count: number): boolean {
      waiting.add(receiverId, -count);
      const left = waiting.of(receiverId);
      return left < few && left + count >= few;
    },

    /** Not until there is room for one, but until few are left: else of one notification's statuses every other went elsewhere. */
    isFull: (receiverId: string): boolean => {
      const count = waiting.of(receiverId);
      if (count >= most) full.add(receiverId);
      else if (count < few) full.delete(receiverId);
      return full.has(receiverId);
    },

    atLeast: waiting.atLeast,
  };
}
