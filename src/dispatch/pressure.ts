/** So long after the last of many callers there are few. */
const calmMs = 50;

/** Whether many callers wait for their acceptance. They come in waves, each when the one before has been answered. */
export function createPressure({ from, onCalm }: { from: number; onCalm: () => void }) {
  let isHigh = false;
  let calm: NodeJS.Timeout | undefined;
  return {
    isHigh: () => isHigh,
    waiting: (callers: number): void => {
      if (callers < from) return;
      if (isHigh) calm?.refresh();
      else
        calm = setTimeout(() => {
          isHigh = false;
          onCalm();
        }, calmMs).unref();
      isHigh = true;
    },
    stop: () => clearTimeout(calm),
  };
}
