import type { Pool } from 'pg';
import type { AttemptOutcome } from '../domain/attempt.ts';
import type { EventName } from '../domain/event.ts';
import type { StoredState } from '../domain/callback-state.ts';
import type { Instant } from '../domain/instant.ts';
import type { Attempt } from '../domain/history.schema.ts';
import type { Page } from '../domain/page.schema.ts';
import type { HistoryRow } from '../ports/index.ts';
import { maxPageBytes, toPage, withinBytes } from './page-within-bytes.ts';

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
  /** Whether an earlier status of its notification is still open. */
  is_behind: boolean;
  /** About as much as it is in an answer, with the attempts that are shown of it. */
  bytes: number;
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

/** So many of a status's attempts stand beside it, the newest; the others are in pages of their own. */
const maxShownAttempts = 50;

/** Of `statuses st` and its notification `n`: the columns, and what they are joined from beside those two. */
export const statusColumns = `st.event_id, st.event, st.sequence, st.status, st.state, st.state_reason, st.accepted_at,
  st.next_attempt_at, st.occurred_at, st.status_description, st.provider_response, d.sequence IS NOT NULL AS queued,
  CASE WHEN c.is_own THEN n.callback_url ELSE coalesce(t.url_template, c.url) END AS url,
  EXISTS (
    SELECT FROM statuses e
    WHERE e.notification_id = st.notification_id AND e.sequence < st.sequence AND e.state IN ('pending', 'retrying')
  ) AS is_behind,
  1000 + coalesce(octet_length(st.provider_response), 0) + coalesce(octet_length(st.status_description), 0) + shown.bytes AS bytes`;
export const statusJoins = `
  LEFT JOIN dispatch_entries d ON d.notification_id = st.notification_id AND d.sequence = st.sequence
  LEFT JOIN callbacks c ON c.id = st.callback_id
  LEFT JOIN communication_callbacks t ON t.communication_id = c.id AND t.event = st.event
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(500 + coalesce(octet_length(a.response_body), 0) + coalesce(pg_column_size(a.response_headers), 0)), 0) AS bytes
    FROM (
      SELECT response_body, response_headers FROM attempts
      WHERE notification_id = st.notification_id AND sequence = st.sequence
      ORDER BY number DESC
      LIMIT ${maxShownAttempts}
    ) a
  ) shown`;

const pageStatement = `
  SELECT ${statusColumns}, st.sequence < n.last_sequence AS has_next
  FROM statuses st
  JOIN notifications n ON n.id = st.notification_id
  ${statusJoins}
  WHERE st.notification_id = $1 AND st.sequence > $2
  ORDER BY st.sequence
  LIMIT $3`;

/** One page of a notification's statuses in sequence, each with its newest attempts in order. */
export async function loadHistory(
  pool: Pool,
  notificationId: string,
  { limit, after }: { limit: number; after: number },
): Promise<HistoryRow[]> {
  const { rows } = await pool.query<StatusRow & { has_next: boolean }>(pageStatement, [
    notificationId,
    after,
    limit,
  ]);
  const page = whatFits(rows);
  const attempts = await loadAttempts(
    pool,
    page.map(() => notificationId),
    page.map(({ sequence }) => sequence),
  );
  return page.map((row) => ({
    ...toHistoryRow(
      row,
      attempts.filter(({ sequence }) => sequence === row.sequence),
    ),
    hasNext: row.has_next,
  }));
}

/** The first row, and those behind it that fit into one answer with it. */
export function whatFits<T extends { bytes: number }>(rows: readonly T[]): T[] {
  let bytes = 0;
  return rows.filter((row, index) => {
    bytes += row.bytes;
    return index === 0 || bytes <= maxPageBytes;
  });
}

/** The newest attempts of several statuses, which the two arrays name together, in order. */
export async function loadAttempts(
  pool: Pool,
  notificationIds: readonly string[],
  sequences: readonly number[],
): Promise<AttemptRow[]> {
  const { rows } = await pool.query<AttemptRow>(
    `SELECT a.*
     FROM unnest($1::uuid[], $2::int[]) AS wanted (notification_id, sequence)
     CROSS JOIN LATERAL (
       SELECT notification_id, ${attemptColumns} FROM attempts
       WHERE notification_id = wanted.notification_id AND sequence = wanted.sequence
       ORDER BY number DESC
       LIMIT ${maxShownAttempts}
     ) a
     ORDER BY a.number`,
    [notificationIds, sequences],
  );
  return rows;
}

const attemptsStatement = withinBytes(
  `SELECT notification_id, ${attemptColumns}
   FROM attempts
   WHERE notification_id = $1 AND sequence = (SELECT sequence FROM statuses WHERE notification_id = $1 AND event_id = $2)
     AND ($3::int IS NULL OR number < $3)
   ORDER BY number DESC
   LIMIT $4`,
  'number DESC',
);

/** One page of the attempts of one status, the newest first; the cursor is the number of the last. */
export async function loadAttemptsPage(
  pool: Pool,
  status: { notificationId: string; eventId: string },
  { limit, before }: { limit: number; before: number | null },
): Promise<Page<Attempt>> {
  const { rows } = await pool.query<AttemptRow & { page_rows: number; bytes_before: number }>(
    attemptsStatement,
    [status.notificationId, status.eventId, before, limit + 1],
  );
  const { items, nextCursor } = toPage<AttemptRow>(rows, limit, (last) => String(last.number));
  return { items: items.map(toAttempt), nextCursor };
}

export function toHistoryRow(row: StatusRow, attempts: readonly AttemptRow[]): HistoryRow {
  return {
    eventId: row.event_id,
    event: row.event,
    sequence: row.sequence,
    status: row.status,
    state: row.state,
    stateReason: row.state_reason,
    // What waits behind another is as good as queued.
    queued: row.queued || row.is_behind,
    // Where it really went, once it went somewhere.
    url: attempts.at(-1)?.url ?? row.url,
    acceptedAt: row.accepted_at,
    occurredAt: row.occurred_at,
    statusDescription: row.status_description,
    providerResponse: row.provider_response,
    nextAttemptAt: row.next_attempt_at,
    attempts: attempts.map(toAttempt),
  };
}

function toAttempt({
  notification_id,
  sequence,
  url,
  response_body: body,
  repeats,
  ...attempt
}: AttemptRow): Attempt {
  return {
    ...attempt,
    error: repeats > 1 ? `${attempt.error ?? ''} (${repeats} in a row)` : attempt.error,
    response_body: body && body.toString('utf8'),
  };
}
