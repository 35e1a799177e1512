// Attempts as the activities record them, of which a test names only what it is about.
import { createAcceptor } from '../../src/use-cases/acceptance/accept-events.ts';
import type { Pool } from 'pg';
import { createStatusStore } from '../../src/db/acceptance/status-store.ts';
import type { AttemptRecord } from '../../src/ports/index.ts';
import { createAcceptStatus } from '../../src/use-cases/acceptance/accept-status.ts';
import { noDispatchSink, noMetrics, operator, storeNotification } from './db-fixture.ts';

export function anAttempt(notificationId: string, changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    notificationId,
    sequence: 1,
    url: 'https://example.com/callbacks',
    outcome: 'http_status',
    error: 'The receiver answered 500.',
    exchange: {
      startedAt: '2026-06-15T11:30:05.000007Z',
      durationMs: 12.6,
      failure: null,
      response: {
        status: 500,
        headers: { 'content-type': 'text/plain', 'x-odd': '"\\ é' },
        body: Buffer.from('no \u0000 luck \u{1f600}'),
        truncated: true,
      },
    },
    state: 'retrying',
    nextAttemptInSeconds: 300,
    consequence: null,
    ...changes,
  };
}

export const delivered = {
  outcome: 'delivered',
  error: null,
  state: 'delivered',
  nextAttemptInSeconds: null,
} as const;

/** What the last failure of a status looks like: it stops the communication. */
export const exhausted = (callbackId: string, reason = 'It was tried 5 times without success.') =>
  ({
    state: 'failed',
    nextAttemptInSeconds: null,
    consequence: { kind: 'disable', callbackId, reason },
  }) as const;

/** A notification of the service with statuses 1 to `count` accepted. */
export async function withStatuses(pool: Pool, serviceId: string, count: number): Promise<string> {
  const id = await storeNotification(pool, serviceId, { reference: 'ref "1" \\ 😀' });
  const accept = createAcceptStatus(
    createAcceptor({
      statuses: createStatusStore(pool),
      dispatchSink: noDispatchSink,
      metrics: noMetrics,
      now: () => new Date('2026-06-15T11:30:00.123Z'),
    }),
  );
  for (let sequence = 1; sequence <= count; sequence += 1)
    await accept(operator, id, { status: 'sending', sent_at: `2026-06-15T11:30:0${sequence}.000001Z` });
  return id;
}
