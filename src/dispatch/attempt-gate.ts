import type { AttemptGate, GatedCallback } from '../ports/index.ts';

type Waiter = { callback: GatedCallback; enter: (leave: (() => void) | null) => void };

/** What this process knows of a callback; forgotten when nothing is under way and it is not slow. */
type Place = {
  underWay: number;
  line: Waiter[];
  /** By the gate's clock: when the next attempt may begin, and until when the receiver counts as slow. */
  nextStartMs: number;
  slowUntilMs: number;
  timer: NodeJS.Timeout | undefined;
};

/** This many times a callback's own limit may stand in its line. */
const lineFactor = 4;

/**
 * Bounds the attempts of each callback by its own `max_in_flight` and `rate_per_second`. Both hold over all processes:
 * each has its share of them, at least one attempt at a time.
 */
export function createAttemptGate({
  slowMs = 60_000,
  longestWaitMs = 300_000,
}: { slowMs?: number; longestWaitMs?: number } = {}): AttemptGate & {
  setProcesses(count: number): void;
} {
  const places = new Map<string, Place>();
  let processes = 1;

  const share = ({ maxInFlight }: Pick<GatedCallback, 'maxInFlight'>): number =>
    Math.max(1, Math.ceil(maxInFlight / processes));

  const placeOf = (callbackId: string): Place => {
    let place = places.get(callbackId);
    if (!place) {
      place = { underWay: 0, line: [], nextStartMs: 0, slowUntilMs: 0, timer: undefined };
      places.set(callbackId, place);
    }
    return place;
  };

  const forget = (callbackId: string, place: Place): void => {
    const nowMs = performance.now();
    const isIdle = place.underWay === 0 && place.line.length === 0;
    if (isIdle && place.slowUntilMs <= nowMs && place.nextStartMs <= nowMs) places.delete(callbackId);
  };

  const hasRoom = (place: Place, callback: GatedCallback): boolean =>
    place.underWay < share(callback) && place.nextStartMs <= performance.now();

  const begin = (place: Place, { id, ratePerSecond }: GatedCallback): (() => void) => {
    place.underWay += 1;
    if (ratePerSecond !== null)
      place.nextStartMs = Math.max(place.nextStartMs, performance.now()) + (1000 * processes) / ratePerSecond;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      place.underWay -= 1;
      serve(id, place);
      forget(id, place);
    };
  };

  const serve = (callbackId: string, place: Place): void => {
    clearTimeout(place.timer);
    for (let [first] = place.line; first && hasRoom(place, first.callback); [first] = place.line) {
      place.line.shift();
      first.enter(begin(place, first.callback));
    }
    const waitMs = place.nextStartMs - performance.now();
    if (place.line.length > 0 && waitMs > 0)
      place.timer = setTimeout(() => serve(callbackId, place), Math.ceil(waitMs));
  };

  return {
    enter(callback) {
      const place = placeOf(callback.id);
      return place.line.length === 0 && hasRoom(place, callback) ? begin(place, callback) : null;
    },

    wait(callback, signal) {
      const place = placeOf(callback.id);
      if (signal.aborted || place.line.length >= lineFactor * share(callback)) return Promise.resolve(null);
      return new Promise((resolve) => {
        const leaveLine = (): void => {
          place.line = place.line.filter((other) => other !== waiter);
          waiter.enter(null);
          forget(callback.id, place);
        };
        const patience = setTimeout(leaveLine, longestWaitMs).unref();
        const waiter: Waiter = {
          callback,
          enter: (leave) => {
            clearTimeout(patience);
            signal.removeEventListener('abort', leaveLine);
            resolve(leave);
          },
        };
        signal.addEventListener('abort', leaveLine);
        place.line.push(waiter);
        serve(callback.id, place);
      });
    },

    load: (callbackId) => {
      const place = places.get(callbackId);
      return place ? place.underWay + place.line.length : 0;
    },
    share,
    noteSlow: (callbackId) => {
      placeOf(callbackId).slowUntilMs = performance.now() + slowMs;
    },
    isSlow: (callbackId) => (places.get(callbackId)?.slowUntilMs ?? 0) > performance.now(),
    setProcesses: (count) => {
      processes = Math.max(1, count);
    },
  };
}
