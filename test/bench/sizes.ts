/** How much a benchmark does; what is left out of it says so. */
export type Size = {
  notifications: number;
  /** Of each kind of burst. */
  rounds: number;
  statuses: readonly number[];
  idleSeconds: number;
  /** What is used so long after a burst is counted to it. */
  restSeconds: number;
  gentle: { perSecond: number; seconds: number };
  past: { finished: number; open: number };
  backlog: number;
  /** Worker processes beside one API. */
  workerCounts: readonly number[];
};

export const fullSize: Size = {
  notifications: 2000,
  rounds: 3,
  statuses: [1, 3],
  idleSeconds: 15,
  restSeconds: 15,
  gentle: { perSecond: 50, seconds: 20 },
  past: { finished: 1_000_000, open: 100_000 },
  backlog: 100_000,
  workerCounts: [1, 2, 4],
};

export const quickSize: Size = {
  ...fullSize,
  notifications: 400,
  rounds: 1,
  statuses: [1],
  idleSeconds: 5,
  restSeconds: 11,
  gentle: { perSecond: 50, seconds: 5 },
};
