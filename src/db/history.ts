import type { Pool } from 'pg';
import type { AttemptOutcome } from '../domain/attempt.ts';
import type { CallbackEvent } from '../domain/callback.schema.ts';
import type { StoredState } from '../domain/callback-state.ts';
import type { Instant } from '../domain/instant.ts';
import type { HistoryRow } from '../ports/index.ts';

type StatusRow = {
  event_id: string;
  event: CallbackEvent;
  sequence: number;
  status: string;
  state: StoredState;
  state_reason: string | null;
  queued: boolean;
  url: string | null;
  accepted_at: Instant;
  next_attempt_at: Instant | null;
};

type AttemptRow = {
  sequence: number;
  number: number;
  url: string;
  started_at: Instant;
  duration_ms: number;
  outcome: AttemptOutcome;
  response_status: number | null;
  response_headers: Record<string, string> | null;
  response_body: Buffer | null;
  response_truncated: boolean;
  error: string | null;
};

/** A notification's statuses in sequence, each with its attempts in order. */
export async function loadHistory(pool: Pool, notificationId: string): Promise<HistoryRow[]> {
  const [statuses, attempts] = await Promise.all([
    pool.query<StatusRow>(
      `SELECT st.event_id, st.event, st.sequence, st.status, st.state, st.state_reason, st.accepted_at,
         st.next_attempt_at, d.sequence IS NOT NULL AS queued,
         CASE WHEN c.is_own THEN n.callback_url ELSE c.url END AS url
       FROM statuses st
       JOIN notifications n ON n.id = st.notification_id
       LEFT JOIN dispatch_entries d USING (notification_id, sequence)
       LEFT JOIN callbacks c ON c.id = st.callback_id
       WHERE st.notification_id = $1
       ORDER BY st.sequence`,
      [notificationId],
    ),
    pool.query<AttemptRow>(
      `SELECT sequence, number, url, started_at, duration_ms, outcome, response_status, response_headers,
         response_body, response_truncated, error
       FROM attempts
       WHERE notification_id = $1
       ORDER BY sequence, number`,
      [notificationId],
    ),
  ]);
  return statuses.rows.map((row) => {
    const own = attempts.rows.filter((attempt) => attempt.sequence === row.sequence);
    return {
      eventId: row.event_id,
      event: row.event,
      sequence: row.sequence,
      status: row.status,
      state: row.state,
      stateReason: row.state_reason,
      queued: row.queued,
      // Where it really went, once it went somewhere.
      url: own.at(-1)?.url ?? row.url,
      acceptedAt: row.accepted_at,
      nextAttemptAt: row.next_attempt_at,
      attempts: own.map(({ sequence, url, response_body: body, ...attempt }) => ({
        ...attempt,
        response_body: body && body.toString('utf8'),
      })),
    };
  });
}
