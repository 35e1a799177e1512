/** Long enough to be worth the turn of the event loop, short enough that several of these at once stay unnoticed. */
const sliceMs = 5;

/**
 * For loops over what a caller sends: `if (turns.isOver()) await turns.give()` lets every other request go first as soon
 * as this one has held the event loop for some milliseconds.
 */
export function createTurns(): { isOver(): boolean; give(): Promise<void> } {
  let since = performance.now();
  return {
    isOver: () => performance.now() - since > sliceMs,
    async give() {
      await new Promise((resolve) => void setImmediate(resolve));
      since = performance.now();
    },
  };
}
