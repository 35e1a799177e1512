import { randomUUID } from 'node:crypto';
import type { AttemptOutcome, Exchange } from '../../src/domain/attempt.ts';
import { isSettled, type StoredState } from '../../src/domain/callback-state.ts';
import { fromDate } from '../../src/domain/instant.ts';
import type { RetryPolicy } from '../../src/domain/retry-policy.ts';
import type { ActivityPorts } from '../../activities/index.ts';
import { createFakeSecretBox } from './fakes/secret-box.ts';
import type { AttemptRecord, CallbackRequest, DeliveryJob } from '../../src/ports.ts';

type FakeStatus = { sequence: number; status: string; state: StoredState; attempts: AttemptRecord[] };

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
export function createFakeDelivery(sequences: readonly number[], receiver: Receiver) {
  const statuses: FakeStatus[] = sequences.map((sequence) => ({
    sequence,
    status: `status-${sequence}`,
    state: 'pending',
    attempts: [],
  }));
  const notificationId = randomUUID();
  const find = (sequence: number) => statuses.find((status) => status.sequence === sequence);
  const fake = { notificationId, statuses, policy: { ...policy }, isDatabaseAway: false };

  const load = async (_id: string, sequence: number): Promise<DeliveryJob | null> => {
    if (fake.isDatabaseAway) throw new Error('the database is away');
    const own = find(sequence);
    return own ? toJob(notificationId, own, statuses, fake.policy) : null;
  };

  const ports: ActivityPorts = {
    userAgent: 'ringback/test',
    attempted: noop,
    secrets: createFakeSecretBox(),
    accessTokens: { obtain: () => Promise.reject(new Error('no callback here needs a token')) },
    metrics: { accepted: noop, dispatched: noop, attempted: noop, firstAttemptAfter: noop },
    deliveries: {
      load,
      record: async (attempt) => {
        const own = find(attempt.sequence);
        if (!own) throw new Error('an attempt of an unknown status');
        own.attempts.push(attempt);
        if (!isSettled(own.state)) own.state = attempt.state;
      },
      settle: async (_id, sequence, state) => {
        const own = find(sequence);
        if (own && !isSettled(own.state)) own.state = state;
      },
    },
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
    message: (sequence: number) => ({ sequence, status: `status-${sequence}`, eventId: eventId(sequence) }),
    add: (sequence: number) =>
      statuses.push({ sequence, status: `status-${sequence}`, state: 'pending', attempts: [] }),
  });
}

export type FakeDelivery = ReturnType<typeof createFakeDelivery>;

function toJob(
  notificationId: string,
  own: FakeStatus,
  all: readonly FakeStatus[],
  current: RetryPolicy,
): DeliveryJob {
  const earlier = all.find((other) => other.sequence < own.sequence && !isSettled(other.state));
  return {
    notificationId,
    sequence: own.sequence,
    eventId: eventId(own.sequence),
    state: own.state,
    earlierOpen: earlier
      ? { sequence: earlier.sequence, status: earlier.status, eventId: eventId(earlier.sequence) }
      : null,
    attemptsMade: own.attempts.filter(({ outcome }) => outcome !== 'cancelled').length,
    attemptsRecorded: own.attempts.length,
    acceptedAt: fromDate(new Date()),
    serviceId: '018f0000-0000-7000-8000-0000000000aa',
    profile: 'govuk-notify',
    callback: {
      id: 'c',
      url: 'https://receiver.example/',
      authType: 'none',
      sealedAuth: null,
      version: 1,
      sealedPreviousAuth: null,
      unauthorizedAttempts: 0,
      sealedClientCertificate: null,
      sealedSigningSecrets: [],
      policy: current,
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
