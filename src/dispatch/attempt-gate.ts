import type { AttemptGate, GatedCallback } from '../ports/index.ts';

type Waiter = { callback: GatedCallback; enter: (leave: (() => void) | null) => void };

/** What this process knows of a receiver; forgotten when nothing is under way and it is not slow. */
type Place = {
  underWay: number;
  line: Waiter[];
  /** By the gate's clock: when the next attempt may begin, and until when the receiver counts as slow. */
  nextStartMs: number;
  slowUntilMs: number;
  timer: NodeJS.Timeout | undefined;
};

/** This many times a receiver's own limit may stand in its line. */
const lineFactor = 4;

/** What one receiver may have of `most` when `used` are taken: of 4,000 all at first, then 250 of the last half, 15 of the last quarter. */
function portion(most: number, used: number): number {
  const free = Math.max(0, most - used);
  return Math.min(free, Math.max(1, Math.floor(most * (free / most) ** 4)));
}

/**
 * Bounds the attempts of each receiver by its callback's `max_in_flight` and `rate_per_second`. Both hold over all
 * processes: each has its share of them, at least one attempt at a time. The process itself has `mostAttempts` places and
 * `mostInLine` in lines, of which each receiver has fewer the fewer are free: however many hang, some are left.
 */
export function createAttemptGate({
  slowMs = 60_000,
  longestWaitMs = 300_000,
  mostAttempts = 4_000,
  mostInLine = 2_000,
}: {
  slowMs?: number;
  longestWaitMs?: number;
  mostAttempts?: number;
  mostInLine?: number;
} = {}): AttemptGate & {
  setProcesses(count: number): void;
} {
  const places = new Map<string, Place>();
  /** The places with a line. */
  const lined = new Map<string, Place>();
  let processes = 1;
  let underWay = 0;
  let inLine = 0;

  // With fewer places taken, nobody can have as many as its portion.
  const isScarce = (): boolean => underWay > mostAttempts / 4;

  const share = ({ maxInFlight }: Pick<GatedCallback, 'maxInFlight'>): number =>
    Math.max(1, Math.min(Math.ceil(maxInFlight / processes), portion(mostAttempts, underWay)));

  const placeOf = (receiverId: string): Place => {
    let place = places.get(receiverId);
    if (!place) {
      place = { underWay: 0, line: [], nextStartMs: 0, slowUntilMs: 0, timer: undefined };
      places.set(receiverId, place);
    }
    return place;
  };

  const forget = (receiverId: string, place: Place): void => {
    const nowMs = performance.now();
    const isIdle = place.underWay === 0 && place.line.length === 0;
    if (isIdle && place.slowUntilMs <= nowMs && place.nextStartMs <= nowMs) places.delete(receiverId);
  };

  const hasRoom = (place: Place, callback: GatedCallback): boolean =>
    underWay < mostAttempts && place.underWay < share(callback) && place.nextStartMs <= performance.now();

  const begin = (place: Place, { receiverId, ratePerSecond }: GatedCallback): (() => void) => {
    place.underWay += 1;
    underWay += 1;
    if (ratePerSecond !== null)
      place.nextStartMs = Math.max(place.nextStartMs, performance.now()) + (1000 * processes) / ratePerSecond;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      const wasScarce = isScarce();
      place.underWay -= 1;
      underWay -= 1;
      serve(receiverId, place);
      if (wasScarce) for (const [otherId, other] of [...lined]) serve(otherId, other);
      forget(receiverId, place);
    };
  };

  const joinLine = (receiverId: string, place: Place, waiter: Waiter): void => {
    place.line.push(waiter);
    lined.set(receiverId, place);
    inLine += 1;
  };

  const leaveLine = (receiverId: string, place: Place, waiter: Waiter): void => {
    place.line = place.line.filter((other) => other !== waiter);
    if (place.line.length === 0) lined.delete(receiverId);
    inLine -= 1;
  };

  const serve = (receiverId: string, place: Place): void => {
    clearTimeout(place.timer);
    for (let [first] = place.line; first && hasRoom(place, first.callback); [first] = place.line) {
      leaveLine(receiverId, place, first);
      first.enter(begin(place, first.callback));
    }
    const waitMs = place.nextStartMs - performance.now();
    if (place.line.length > 0 && waitMs > 0)
      place.timer = setTimeout(() => serve(receiverId, place), Math.ceil(waitMs));
  };

  return {
    enter(callback) {
      const place = placeOf(callback.receiverId);
      return place.line.length === 0 && hasRoom(place, callback) ? begin(place, callback) : null;
    },

    wait(callback, signal) {
      const place = placeOf(callback.receiverId);
      const longest = Math.min(lineFactor * share(callback), portion(mostInLine, inLine));
      if (signal.aborted || place.line.length >= longest) {
        forget(callback.receiverId, place);
        return Promise.resolve(null);
      }
      return new Promise((resolve) => {
        const giveUp = (): void => {
          leaveLine(callback.receiverId, place, waiter);
          waiter.enter(null);
          forget(callback.receiverId, place);
        };
        const patience = setTimeout(giveUp, longestWaitMs).unref();
        const waiter: Waiter = {
          callback,
          enter: (leave) => {
            clearTimeout(patience);
            signal.removeEventListener('abort', giveUp);
            resolve(leave);
          },
        };
        signal.addEventListener('abort', giveUp);
        joinLine(callback.receiverId, place, waiter);
        serve(callback.receiverId, place);
      });
    },

    load: (receiverId) => {
      const place = places.get(receiverId);
      return place ? place.underWay + place.line.length : 0;
    },
    share,
    noteSlow: (receiverId) => {
      placeOf(receiverId).slowUntilMs = performance.now() + slowMs;
    },
    isSlow: (receiverId) => (places.get(receiverId)?.slowUntilMs ?? 0) > performance.now(),
    setProcesses: (count) => {
      processes = Math.max(1, count);
    },
  };
}
