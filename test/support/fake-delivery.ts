import { randomUUID } from 'node:crypto';
import {
  isOurs,
  isPrevented,
  type AttemptOutcome,
  type Exchange,
} from '../../src/domain/delivery/attempt.ts';
import type { EventName } from '../../src/domain/event.ts';
import { isTerminal, type StoredState } from '../../src/domain/callbacks/callback-state.ts';
import { fromDate } from '../../src/domain/instant.ts';
import type { RetryPolicy } from '../../src/domain/delivery/retry-policy.ts';
import { createHeldAttempts, createInFlightAttempts, type ActivityPorts } from '../../activities/index.ts';
import { createConcurrencyLimiter } from '../../src/delivery/concurrency-limiter.ts';
import { mostHeldAttempts } from '../../src/temporal/worker-slots.ts';
import { createFakeCommunicationPorts } from './fakes/communication-ports.ts';
import { createFakeSecretBox } from './fakes/secret-box.ts';
import type { AttemptRecord, CallbackRequest, Consequence, DeliveryJob } from '../../src/ports/index.ts';

type FakeStatus = {
  event: EventName;
  sequence: number;
  status: string;
  state: StoredState;
  attempts: AttemptRecord[];
  attemptsBefore: number;
  /** By the fake's clock, in milliseconds. */
  dueAt: number;
};

/** How the receiver answers the n-th attempt (from 1) of a status: an HTTP status, or the word for why there is none. */
export type Receiver = (attempt: {
  sequence: number;
  number: number;
  request: CallbackRequest;
}) => Promise<
  number | { status: number; retryAfter: string } | Exclude<AttemptOutcome, 'delivered' | 'http_status'>
>;

const policy: RetryPolicy = { attempts: 5, intervalSeconds: 300, timeoutSeconds: 120 };

/** One notification in memory, its statuses and a receiver; the activities above it are the real ones. */
export function createFakeDelivery(sequences: readonly number[], receiver: Receiver, callbackId = 'c') {
  const statuses: FakeStatus[] = sequences.map((sequence) => ({
    sequence,
    status: `status-${sequence}`,
    event: 'delivery_status',
    state: 'pending',
    attempts: [],
    attemptsBefore: 0,
    dueAt: 0,
  }));
  const notificationId = randomUUID();
  const find = (sequence: number) => statuses.find((status) => status.sequence === sequence);
  const fake = {
    notificationId,
    statuses,
    policy: { ...policy },
    warnAfterAttempts: null as number | null,
    isDisabled: false,
    /** What the failures led to, in their order. */
    consequences: [] as Consequence[],
    isDatabaseAway: false,
    /** The database's clock, which may be one that is skipped. */
    clock: async () => Date.now(),
    callbackId,
  };
  const meet = (consequence: Consequence): void => {
    fake.consequences.push(consequence);
    if (consequence.kind === 'disable') fake.isDisabled = true;
  };
  const release = (own: FakeStatus): void => {
    own.state = 'pending';
    own.attemptsBefore = own.attempts.length;
    own.dueAt = 0;
  };

  const load = async (_id: string, sequence: number): Promise<DeliveryJob | null> => {
    if (fake.isDatabaseAway) throw new Error('the database is away');
    const own = find(sequence);
    return own ? toJob(notificationId, own, statuses, { ...fake, now: await fake.clock() }) : null;
  };

  const ports: ActivityPorts = {
    userAgent: 'ringback/test',
    reportProblem: async () => undefined,
    attempting: noop,
    answered: noop,
    attempted: noop,
    gate: createConcurrencyLimiter(),
    inFlightAttempts: createInFlightAttempts(),
    heldAttempts: createHeldAttempts(mostHeldAttempts),
    patienceMs: 60_000,
    ownTaskQueue: 'nobody polls this one',
    secrets: createFakeSecretBox(),
    onUnopenedCredentials: noop,
    accessTokens: { obtain: () => Promise.reject(new Error('no callback here needs a token')) },
    metrics: { accepted: noop, dispatched: noop, attempted: noop, firstAttemptAfter: noop },
    deliveries: {
      load,
      record: async (attempt) => {
        const own = find(attempt.sequence);
        if (!own) throw new Error('an attempt of an unknown status');
        own.attempts.push(attempt);
        if (isTerminal(own.state)) return;
        own.state = attempt.state;
        if (attempt.consequence) meet(attempt.consequence);
        own.dueAt = (await fake.clock()) + (attempt.nextAttemptInSeconds ?? 0) * 1000;
      },
      fail: async (_id, sequence, consequence) => {
        const own = find(sequence);
        if (!own || isTerminal(own.state)) return;
        own.state = 'failed';
        meet(consequence);
      },
      end: async (_id, sequence, { state }) => {
        const own = find(sequence);
        if (own && !isTerminal(own.state)) own.state = state;
      },
      hold: async (_id, sequence) => {
        const own = find(sequence);
        if (!own || isTerminal(own.state) || !fake.isDisabled) return false;
        own.state = 'held';
        return true;
      },
      releaseEarlier: async (_id, sequence) => {
        for (const own of statuses) if (own.sequence < sequence && own.state === 'held') release(own);
      },
    },
    ...createFakeCommunicationPorts(),
    timeOut: async () => ({ kind: 'nothing to do' }),
    processReturnedLetters: async () => null,
    stepOfBatch: async () => null,
    sender: {
      async send(request): Promise<Exchange> {
        const sequence = Number(request.headers['ringback-sequence']);
        const number = Number(request.headers['ringback-attempt']);
        const answer = await receiver({ sequence, number, request });
        const startedAt = fromDate(new Date());
        if (typeof answer === 'string')
          return { startedAt, durationMs: 1, failure: { outcome: answer, reason: answer }, response: null };
        const { status, retryAfter } =
          typeof answer === 'number' ? { status: answer, retryAfter: null } : answer;
        const headers: Record<string, string> = retryAfter === null ? {} : { 'retry-after': retryAfter };
        const response = { status, headers, body: new Uint8Array(), truncated: false };
        return { startedAt, durationMs: 1, failure: null, response };
      },
    },
  };
  return Object.assign(fake, {
    ports,
    message: (sequence: number) => {
      const { event = 'delivery_status' } = find(sequence) ?? {};
      const message = { sequence, status: `status-${sequence}`, eventId: eventId(sequence) };
      return event === 'delivery_status' ? message : { ...message, event };
    },
    add: (sequence: number) =>
      statuses.push({
        sequence,
        status: `status-${sequence}`,
        event: 'delivery_status',
        state: 'pending',
        attempts: [],
        attemptsBefore: 0,
        dueAt: 0,
      }),
    /** What another process knows of this one's attempts: nothing. */
    forgetProcess: () => {
      ports.inFlightAttempts = createInFlightAttempts();
      ports.gate = createConcurrencyLimiter();
    },
    /** What enabling and its drain do, but for the telling. */
    enable: () => {
      fake.isDisabled = false;
      for (const own of statuses) if (own.state === 'held') release(own);
    },
  });
}

export type FakeDelivery = ReturnType<typeof createFakeDelivery>;

function toJob(
  notificationId: string,
  own: FakeStatus,
  all: readonly FakeStatus[],
  current: {
    policy: RetryPolicy;
    isDisabled: boolean;
    warnAfterAttempts: number | null;
    callbackId: string;
    now: number;
  },
): DeliveryJob {
  const earlier = all.find(
    ({ sequence, state, event }) =>
      event === own.event &&
      sequence < own.sequence &&
      (!isTerminal(state) || (state === 'held' && !current.isDisabled)),
  );
  return {
    notificationId,
    sequence: own.sequence,
    eventId: eventId(own.sequence),
    event: own.event,
    complaint: null,
    inbound: null,
    target: null,
    letter: {
      templateName: null,
      sentBy: null,
      spreadsheetFileName: null,
      spreadsheetRowNumber: null,
      uploadLetterFileName: null,
    },
    state: own.state,
    earlierOpen: earlier
      ? {
          sequence: earlier.sequence,
          status: earlier.status,
          eventId: eventId(earlier.sequence),
          isHeld: earlier.state === 'held',
        }
      : null,
    attemptsMade: own.attempts.filter(({ outcome }) => !isOurs(outcome)).length - own.attemptsBefore,
    attemptsRecorded: own.attempts.length,
    ownFailures: own.attempts.length - 1 - own.attempts.findLastIndex(({ outcome }) => !isPrevented(outcome)),
    dueInSeconds: own.state === 'retrying' ? Math.ceil(Math.max(0, own.dueAt - current.now) / 1000) : 0,
    acceptedAt: fromDate(new Date()),
    serviceId: '018f0000-0000-7000-8000-0000000000aa',
    profile: 'govuk-notify',
    callback: {
      id: current.callbackId,
      receiverId: current.callbackId,
      url: 'https://receiver.example/',
      authType: 'none',
      sealedAuth: null,
      version: 1,
      sealedPreviousAuth: null,
      unauthorizedAttempts: 0,
      sealedClientCertificate: null,
      sealedSigningSecrets: [],
      policy: current.policy,
      isDisabled: current.isDisabled,
      warnAfterAttempts: current.warnAfterAttempts,
      maxInFlight: 16,
      ratePerSecond: null,
    },
    facts: {
      id: notificationId,
      reference: null,
      to: '07700900123',
      status: own.status,
      statusDescription: null,
      providerResponse: null,
      createdAt: '2026-06-15T11:30:00.000000Z',
      completedAt: null,
      sentAt: null,
      notificationType: 'sms',
      templateId: null,
      templateVersion: null,
    },
  };
}

function eventId(sequence: number): string {
  return `018f0000-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
}

function noop(): void {
  // Metrics are not what these tests look at.
}
