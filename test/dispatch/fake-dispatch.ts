import { jest } from '@jest/globals';
import type { DispatchEntry, DispatchQueue, Workflows } from '../../src/ports/index.ts';
import { AppError } from '../../src/domain/errors.ts';
import { createAttemptGate } from '../../src/dispatch/attempt-gate.ts';
import { createDispatcher, type Dispatcher } from '../../src/dispatch/dispatcher.ts';
import { createTally } from '../../src/dispatch/tally.ts';
import { noMetrics } from '../support/db-fixture.ts';

export const owner = 'this-process';

export function anEntry(
  notificationId: string,
  sequence = 1,
  changes: Partial<DispatchEntry> = {},
): DispatchEntry {
  return {
    notificationId,
    sequence,
    status: 'sending',
    eventId: `${notificationId}/${sequence}`,
    event: 'delivery_status',
    serviceId: 'service',
    profile: 'govuk-notify',
    callbackId: 'callback',
    receiverId: changes.callbackId ?? 'callback',
    maxInFlight: 1000,
    round: 0,
    ...changes,
  };
}

/** The queue in memory: `offered` is anybody's, `mine` belongs to this owner, `finished` is gone. */
export function createFakeQueue() {
  const fake = {
    offered: [] as DispatchEntry[],
    mine: [] as DispatchEntry[],
    finished: [] as string[],
    resigned: false,
    isAway: false,
  };
  const answer = <T>(value: T): Promise<T> =>
    fake.isAway ? Promise.reject(new Error('the database is away')) : Promise.resolve(value);
  const queue: DispatchQueue = {
    beat: () => answer(1),
    claim: async (_owner, { limit, perReceiver, except }) => {
      await answer(null);
      const own = createTally();
      const claimed = fake.offered
        .filter(({ receiverId }) => {
          own.add(receiverId, 1);
          return !except.includes(receiverId) && own.of(receiverId) <= perReceiver;
        })
        .slice(0, limit);
      fake.offered = fake.offered.filter((entry) => !claimed.includes(entry));
      fake.mine.push(...claimed);
      return claimed;
    },
    owned: () => answer([...fake.mine]),
    finish: async (entries) => {
      await answer(null);
      const done = new Set(entries.map(({ eventId }) => eventId));
      fake.mine = fake.mine.filter(({ eventId }) => !done.has(eventId));
      fake.finished.push(...done);
    },
    resign: async () => {
      fake.resigned = true;
      fake.offered.push(...fake.mine.splice(0));
    },
    depth: () => answer(fake.mine.length + fake.offered.length),
  };
  return Object.assign(fake, { queue });
}

type Call = {
  entries: readonly DispatchEntry[];
  ended: boolean;
  take: (how?: 'started' | 'signalled') => Promise<void>;
  beAway: () => Promise<void>;
  refuse: () => Promise<void>;
};

/** Temporal, which takes each call, refuses it or is away when the test says so; `calls` are all there ever were. */
export function createFakeWorkflows() {
  const calls: Call[] = [];
  const workflows: Workflows = {
    tell: (entries) =>
      new Promise((resolve, reject) => {
        const end = (settle: () => void) => async (): Promise<void> => {
          call.ended = true;
          settle();
          await turn();
        };
        const call: Call = {
          entries,
          ended: false,
          take: (how = 'signalled') => end(() => resolve(how))(),
          beAway: end(() => reject(new AppError('UNAVAILABLE', 'Temporal is away'))),
          refuse: end(() => reject(new Error('this one is not valid'))),
        };
        calls.push(call);
      }),
  };
  const open = (): Call[] => calls.filter(({ ended }) => !ended);
  return { workflows, calls, open };
}

/** Timers run when the test says so; what is ready to run does so still. */
export function holdTheClock(): void {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
}

/** Lets everything that is ready to run do so. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 5; count += 1) await new Promise(setImmediate);
}

/** Ends every call, and those that follow from it, until there is nothing left to tell. */
export async function takeAll(temporal: ReturnType<typeof createFakeWorkflows>): Promise<void> {
  for (let [call] = temporal.open(); call; [call] = temporal.open()) await call.take();
}

export function createTestDispatcher(options: Partial<Parameters<typeof createDispatcher>[0]> = {}): {
  dispatcher: Dispatcher;
  temporal: ReturnType<typeof createFakeWorkflows>;
  store: ReturnType<typeof createFakeQueue>;
  warnings: string[];
} {
  const temporal = createFakeWorkflows();
  const store = createFakeQueue();
  const warnings: string[] = [];
  const dispatcher = createDispatcher({
    owner,
    queue: store.queue,
    workflows: temporal.workflows,
    metrics: noMetrics,
    log: { info: () => undefined, warn: (_details, message) => void warnings.push(message) },
    gate: createAttemptGate(),
    onProcesses: () => undefined,
    maxInFlight: 3,
    pressedFrom: 8,
    maxInFlightWhenPressed: 1,
    patienceMs: 60_000,
    forgetEveryMs: 0,
    restMs: 30_000,
    maxInMemory: 100,
    maxInMemoryPerReceiver: 100,
    claimPerReceiver: 100,
    fewInMemory: 100,
    beatsPerComparison: 3,
    beatSeconds: 3_600,
    leaseSeconds: 5,
    ...options,
  });
  return { dispatcher, temporal, store, warnings };
}
