import { AppError } from '../domain/errors.ts';
import { createGroupCommit } from '../domain/group-commit.ts';
import { groupBy } from '../domain/group-by.ts';
import type {
  AttemptGate,
  DeliveryMetrics,
  DispatchEntry,
  DispatchLog,
  DispatchQueue,
  Workflows,
} from '../ports/index.ts';
import { createBackoff } from './backoff.ts';
import { createExpectations } from './expectations.ts';
import { createFairLanes, type Lane } from './fair-lanes.ts';
import { createNudge } from './nudge.ts';
import { createPressure } from './pressure.ts';
import { createRemembered } from './remembered.ts';
import { createStartSlots } from './start-slots.ts';
import { createTally } from './tally.ts';
import { createWaitingRoom } from './waiting-room.ts';

type Told =
  | { kind: 'started'; firstAttempt: Promise<void> }
  /** `away`: nothing can be told just now; `refused`: this notification cannot, and others may. */
  | { kind: 'signalled' | 'away' | 'refused' };

export type Dispatcher = {
  /** The owner to commit new entries under; null when memory is full and any process may take them. */
  owner: () => string | null;
  /** Whether so much waits here for one receiver that the rest of it is left to any process. */
  isFull: (receiverId: string) => boolean;
  take: (entries: readonly DispatchEntry[]) => void;
  /** Hears how many callers wait for their acceptance at this moment. */
  waiting: (callers: number) => void;
  /** Hears from the activities that a notification's attempt has begun in this process, was answered, and has ended. */
  attempting: (notificationId: string) => void;
  answered: (notificationId: string) => void;
  attempted: (notificationId: string) => void;
  /** Looks for entries that others left, now rather than at the next sweep. */
  nudge: () => void;
  start: () => Promise<void>;
  /** Lets what is in flight end and gives the rest back to the other processes. */
  stop: () => Promise<void>;
};

/**
 * Tells workflows of accepted statuses: at once those accepted in this process, and whatever other processes left
 * behind. The number in flight is bounded and a start keeps its slot while this process works for it, because Temporal
 * starts a workflow eagerly (its cheapest way by half) only while the worker has a free slot, and a burst that overruns
 * the processor makes workflow tasks time out. While its request is open at the receiver it has none. The receivers with
 * the fewest attempts open come first, and each has only as many as the gate leaves it: the backlog of one that hangs
 * waits here and in the database, not in running workflows.
 */
export function createDispatcher(options: {
  owner: string;
  queue: DispatchQueue;
  workflows: Workflows;
  metrics: DeliveryMetrics;
  log: DispatchLog;
  gate: Pick<AttemptGate, 'load' | 'share'>;
  /** Hears how many processes share the work. */
  onProcesses: (count: number) => void;
  maxInFlight: number;
  /** From so many callers on that wait for their acceptance, fewer are started: what is accepted can wait, callers cannot. */
  pressedFrom: number;
  maxInFlightWhenPressed: number;
  /** A start whose attempt runs elsewhere gives its slot back. */
  patienceMs: number;
  /** What has been told is deleted from the queue in groups, since nobody waits for that. */
  forgetEveryMs: number;
  /** How long a notification rests that Temporal refused by itself. */
  restMs: number;
  /** Beyond this, accepted entries stay in the database for whoever has room. */
  maxInMemory: number;
  /** So that one receiver's backlog cannot keep the others' out. */
  maxInMemoryPerReceiver: number;
  /** So many for one receiver are taken over at once, and more when half of them have been told: the rest is for whoever has time. */
  claimPerReceiver: number;
  /** With more in memory than this, what the database has for this process is compared with it only every so many beats. */
  fewInMemory: number;
  beatsPerComparison: number;
  beatSeconds: number;
  leaseSeconds: number;
}): Dispatcher {
  const { queue, workflows, log, owner, gate } = options;
  const lanes = new Map<string, Lane>();
  /** Told, and not begun yet: what the gate cannot know of. */
  const told = createTally();
  const waiting = createWaitingRoom({
    most: options.maxInMemoryPerReceiver,
    few: options.claimPerReceiver / 2,
  });
  const remembered = createRemembered();
  const ready = createFairLanes({
    load: ({ receiverId }) => told.of(receiverId) + gate.load(receiverId),
    share: gate.share,
  });
  const slots = createStartSlots();
  const beginnings = createExpectations(options.patienceMs);
  const attempts = createExpectations(options.patienceMs);
  const backoff = createBackoff({ firstMs: 200, maxMs: 5_000 });
  const forgetting = new Set<Promise<void>>();
  let inMemory = 0;
  let beats = 0;
  let isRunning = false;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  const forget = createGroupCommit<DispatchEntry[], true>({
    commit: async (groups) => {
      await queue.finish(groups.flat());
      return groups.map(() => true as const);
    },
    maxItems: 200,
    maxInFlight: 1,
    spacingMs: options.forgetEveryMs,
  });

  const take = (entries: readonly DispatchEntry[]): void => {
    remembered.add(entries);
    for (const [notificationId, own] of groupBy(entries, (entry) => entry.notificationId)) {
      let lane = lanes.get(notificationId);
      const [first] = own;
      if (!first) continue;
      if (!lane) {
        const { receiverId, maxInFlight } = first;
        lane = { notificationId, receiverId, maxInFlight, entries: [], isBusy: false };
        lanes.set(notificationId, lane);
      }
      lane.maxInFlight = first.maxInFlight;
      const known = new Set(lane.entries.map(({ sequence }) => sequence));
      const fresh = own.filter(({ sequence }) => !known.has(sequence) && known.add(sequence));
      if (lane.entries.length === 0 && !lane.isBusy && fresh.length > 0) ready.add(lane);
      lane.entries.push(...fresh);
      lane.entries.sort((a, b) => a.sequence - b.sequence);
      inMemory += fresh.length;
      waiting.come(lane.receiverId, fresh.length);
    }
    pump();
  };

  const limit = (): number => {
    // After a failure one lane probes whether Temporal is back; the others wait for its answer.
    if (!backoff.isHealthy()) return 1;
    return pressure.isHigh() ? options.maxInFlightWhenPressed : options.maxInFlight;
  };

  const pump = (): void => {
    while (isRunning && slots.occupied() < limit() && !backoff.isWaiting()) {
      const lane = ready.take();
      if (!lane) return;
      lane.isBusy = true;
      void dispatch(lane);
    }
  };

  const dispatch = async (lane: Lane): Promise<void> => {
    const slot = slots.occupy(lane.notificationId);
    const beginning = beginnings.expect(lane.notificationId);
    told.add(lane.receiverId, 1);
    void beginning.ended.then(() => {
      told.add(lane.receiverId, -1);
      pump();
    });
    const result = await tell(lane);
    if (result.kind !== 'started') {
      beginning.forget();
      await beginning.ended;
    }
    lane.isBusy = false;
    if (result.kind === 'refused') setTimeout(() => rouse(lane), options.restMs).unref();
    else if (lane.entries.length > 0) ready.add(lane);
    else lanes.delete(lane.notificationId);
    if (result.kind === 'started') await result.firstAttempt;
    slot.release();
    pump();
  };

  const pressure = createPressure({ from: options.pressedFrom, onCalm: () => pump() });

  const rouse = (lane: Lane): void => {
    ready.add(lane);
    pump();
  };

  const tell = async (lane: Lane): Promise<Told> => {
    const entries = [...lane.entries];
    const attempt = attempts.expect(lane.notificationId);
    let answer: 'started' | 'signalled';
    try {
      answer = await workflows.tell(entries);
    } catch (cause) {
      attempt.forget();
      return untold(cause);
    }
    backoff.succeeded();
    const done = new Set(entries);
    lane.entries = lane.entries.filter((entry) => !done.has(entry));
    inMemory -= entries.length;
    if (waiting.leave(lane.receiverId, entries.length)) nudge();
    options.metrics.dispatched(entries.length);
    // Not awaited: an entry that stays behind is told once more, which the workflow ignores.
    const forgotten = forget(entries)
      .then(() => remembered.areDeleted(entries))
      .catch((cause: unknown) => {
        remembered.areLost(entries);
        log.warn({ err: cause }, 'dispatched entries could not be deleted');
      })
      .finally(() => forgetting.delete(forgotten));
    forgetting.add(forgotten);
    if (answer === 'started') return { kind: 'started', firstAttempt: attempt.ended };
    attempt.forget();
    return { kind: 'signalled' };
  };

  const untold = (cause: unknown): Told => {
    if (cause instanceof AppError && cause.code === 'UNAVAILABLE') {
      const waitMs = backoff.failed(pump);
      log.warn({ err: cause, waitMs, waiting: inMemory }, 'Temporal is away; accepted statuses wait for it');
      return { kind: 'away' };
    }
    log.warn(
      { err: cause },
      'Temporal refused a status; it is tried again, and holds up no other notification',
    );
    return { kind: 'refused' };
  };

  const claim = async (): Promise<void> => {
    const room = options.maxInMemory - inMemory;
    if (room <= 0) return;
    const perReceiver = options.claimPerReceiver;
    take(await queue.claim(owner, { limit: room, perReceiver, except: waiting.atLeast(perReceiver) }));
  };

  const unread = (cause: unknown): void =>
    log.warn({ err: cause }, 'the dispatch queue could not be read; it is tried again');

  const sweep = async (): Promise<void> => {
    try {
      options.onProcesses(await queue.beat(owner, options.leaseSeconds));
      await claim();
      beats += 1;
      if (inMemory <= options.fewInMemory || beats % options.beatsPerComparison === 0)
        take(await remembered.except(() => queue.owned(owner, options.leaseSeconds)));
    } catch (cause) {
      unread(cause);
    }
  };

  const nudge = createNudge(() => (isRunning ? claim().catch(unread) : Promise.resolve()));

  const schedule = (): void => {
    if (!isRunning) return;
    timer = setTimeout(() => {
      sweeping = sweep().finally(schedule);
    }, options.beatSeconds * 1000);
  };

  return {
    owner: () => (isRunning && inMemory < options.maxInMemory ? owner : null),
    isFull: waiting.isFull,
    waiting: pressure.waiting,
    take,
    attempting(notificationId) {
      beginnings.met(notificationId);
      slots.sent(notificationId);
      pump();
    },
    answered: slots.answered,
    attempted(notificationId) {
      beginnings.met(notificationId);
      attempts.met(notificationId);
      pump();
    },
    nudge,
    async start() {
      isRunning = true;
      await sweep();
      schedule();
    },
    async stop() {
      isRunning = false;
      clearTimeout(timer);
      pressure.stop();
      await sweeping;
      while (!slots.areAllReleased()) await new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.all(forgetting);
      // Last, since what was in flight may have failed and begun a wait.
      backoff.stop();
      await queue.resign(owner);
    },
  };
}
