import type { Pool } from 'pg';
import type { AttemptOutcome } from '../domain/attempt.ts';
import type { EventName } from '../domain/event.ts';
import type { StoredState } from '../domain/callback-state.ts';
import type { Instant } from '../domain/instant.ts';
import type { HistoryRow } from '../ports/index.ts';

export type StatusRow = {
  event_id: string;
  event: EventName;
  sequence: number;
  status: string;
  state: StoredState;
  state_reason: string | null;
  queued: boolean;
  url: string | null;
  accepted_at: Instant;
  next_attempt_at: Instant | null;
  occurred_at: Instant;
  status_description: string | null;
  provider_response: string | null;
};

export type AttemptRow = {
  notification_id: string;
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
  repeats: number;
};

const attemptColumns = `sequence, number, url, started_at, duration_ms, outcome, response_status, response_headers,
  response_body, response_truncated, error, repeats`;

/** Of `statuses st` and its notification `n`: the columns, and what they are joined from beside those two. */
export const statusColumns = `st.event_id, st.event, st.sequence, st.status, st.state, st.state_reason, st.accepted_at,
  st.next_attempt_at, st.occurred_at, st.status_description, st.provider_response, d.sequence IS NOT NULL AS queued,
  CASE WHEN c.is_own THEN n.callback_url ELSE coalesce(t.url_template, c.url) END AS url`;
export const statusJoins = `
  LEFT JOIN dispatch_entries d ON d.notification_id = st.notification_id AND d.sequence = st.sequence
  LEFT JOIN callbacks c ON c.id = st.callback_id
  LEFT JOIN communication_callbacks t ON t.communication_id = c.id AND t.event = st.event`;

/** A notification's statuses in sequence, each with its attempts in order. */
export async function loadHistory(pool: Pool, notificationId: string): Promise<HistoryRow[]> {
  const [statuses, attempts] = await Promise.all([
    pool.query<StatusRow>(
      `SELECT ${statusColumns}
       FROM statuses st
       JOIN notifications n ON n.id = st.notification_id
       ${statusJoins}
       WHERE st.notification_id = $1
       ORDER BY st.sequence`,
      [notificationId],
    ),
    pool.query<AttemptRow>(
      `SELECT notification_id, ${attemptColumns} FROM attempts WHERE notification_id = $1 ORDER BY sequence, number`,
      [notificationId],
    ),
  ]);
  return statuses.rows.map((row) =>
    toHistoryRow(
      row,
      attempts.rows.filter(({ sequence }) => sequence === row.sequence),
    ),
  );
}

/** The attempts of several statuses, which the two arrays name together, in order. */
export async function loadAttempts(
  pool: Pool,
  notificationIds: readonly string[],
  sequences: readonly number[],
): Promise<AttemptRow[]> {
  const { rows } = await pool.query<AttemptRow>(
    `SELECT notification_id, ${attemptColumns}
     FROM attempts
     JOIN unnest($1::uuid[], $2::int[]) AS wanted (notification_id, sequence) USING (notification_id, sequence)
     ORDER BY number`,
    [notificationIds, sequences],
  );
  return rows;
}

export function toHistoryRow(row: StatusRow, attempts: readonly AttemptRow[]): HistoryRow {
  return {
    eventId: row.event_id,
    event: row.event,
    sequence: row.sequence,
    status: row.status,
    state: row.state,
    stateReason: row.state_reason,
    queued: row.queued,
    // Where it really went, once it went somewhere.
    url: attempts.at(-1)?.url ?? row.url,
    acceptedAt: row.accepted_at,
    occurredAt: row.occurred_at,
    statusDescription: row.status_description,
    providerResponse: row.provider_response,
    nextAttemptAt: row.next_attempt_at,
    attempts: attempts.map(
      ({ notification_id, sequence, url, response_body: body, repeats, ...attempt }) => ({
        ...attempt,
        error: repeats > 1 ? `${attempt.error ?? ''} (${repeats} in a row)` : attempt.error,
        response_body: body && body.toString('utf8'),
      }),
    ),
  };
}
