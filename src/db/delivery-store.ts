import { DatabaseError, type Pool } from 'pg';
import type { Complaint } from '../domain/complaint.ts';
import type { EventName } from '../domain/event.ts';
import type { InboundMessage } from '../domain/inbound.ts';
import type { Instant } from '../domain/instant.ts';
import { heldReason, type StoredState } from '../domain/callback-state.ts';
import type { AttemptRecord, DeliveryJob, DeliveryStore, StoredCallback } from '../ports/index.ts';
import {
  failStatement,
  recordAndDisableStatement,
  recordAndWarnStatement,
  recordStatement,
} from './attempt-statements.ts';
import { isCallbackOf } from './callback-of.ts';
import { targetOf, toTarget, withTarget, type TargetJson } from './communication-target.ts';
import { holdStatement, releaseEarlierStatement } from './held-statements.ts';
import { storedCallbackColumns, toStoredCallback, type StoredCallbackRow } from './stored-callback.ts';

type JobRow = Omit<StoredCallbackRow, 'callback_id'> & {
  callback_id: string | null;
  event_id: string;
  event: EventName;
  details: unknown;
  state: StoredState;
  earlier_sequence: number | null;
  earlier_status: string;
  earlier_event_id: string;
  earlier_is_held: boolean;
  attempts_made: number;
  attempts_recorded: number;
  due_in_seconds: number;
  accepted_at: Instant;
  service_id: string;
  profile: string;
  reference: string | null;
  recipient: string;
  status: string;
  status_description: string | null;
  provider_response: string | null;
  created_at: Instant;
  completed_at: Instant | null;
  sent_at: Instant | null;
  notification_type: string;
  template_id: string | null;
  template_version: number | null;
  template_name: string | null;
  sent_by: string | null;
  spreadsheet_file_name: string | null;
  spreadsheet_row_number: number | null;
  upload_letter_file_name: string | null;
  own_url: string | null;
  own_token: Buffer | null;
  target: TargetJson | null;
};

const loadStatement = `
  SELECT st.event_id, st.event, st.details, st.state, ceil(greatest(0, coalesce(extract(epoch FROM st.next_attempt_at - now()), 0)))::integer AS due_in_seconds,
    st.accepted_at, st.status, st.status_description, st.provider_response,
    st.completed_at, st.sent_at, n.service_id, s.profile, n.reference, n.recipient, n.created_at, n.notification_type,
    n.template_id, n.template_version, n.template_name, n.sent_by, n.spreadsheet_file_name, n.spreadsheet_row_number,
    n.upload_letter_file_name, n.callback_url AS own_url, n.sealed_callback_token AS own_token,
    CASE WHEN n.communication_id IS NOT NULL THEN ${targetOf} END AS target, ${storedCallbackColumns}, made.attempts_made, made.attempts_recorded,
    earlier.sequence AS earlier_sequence, earlier.status AS earlier_status, earlier.event_id AS earlier_event_id,
    earlier.state = 'held' AS earlier_is_held
  FROM statuses st
  JOIN notifications n ON n.id = st.notification_id
  JOIN services s ON s.id = n.service_id
  LEFT JOIN callbacks c ON ${isCallbackOf('st.event')}
  CROSS JOIN LATERAL (
    SELECT count(*) AS attempts_recorded, count(*) FILTER (WHERE a.outcome <> 'cancelled') - st.attempts_before AS attempts_made
    FROM attempts a
    WHERE a.notification_id = st.notification_id AND a.sequence = st.sequence) made
  LEFT JOIN LATERAL (
    SELECT e.sequence, e.status, e.event_id, e.state
    FROM statuses e
    WHERE e.notification_id = st.notification_id AND e.sequence < st.sequence
      AND e.event = st.event
      AND (e.state IN ('pending', 'retrying') OR (e.state = 'held' AND c.state = 'enabled' AND e.callback_id = c.id))
    ORDER BY e.sequence
    LIMIT 1) earlier ON true
  WHERE st.notification_id = $1 AND st.sequence = $2`;

const maxRivals = 20;

export function createDeliveryStore(pool: Pool): DeliveryStore {
  return {
    async load(notificationId, sequence) {
      const { rows } = await pool.query<JobRow>({
        name: 'load-delivery',
        text: loadStatement,
        values: [notificationId, sequence],
      });
      return rows[0] ? toJob(notificationId, sequence, rows[0]) : null;
    },

    async record(attempt) {
      const statement = statementOf(attempt);
      await withFreeNumber(() => pool.query({ ...statement, values: toValues(attempt) }));
    },

    async fail(notificationId, sequence, { callbackId, reason }) {
      await pool.query(failStatement, [notificationId, sequence, reason, callbackId]);
    },

    async end(notificationId, sequence, { state, reason }) {
      await pool.query(
        `UPDATE statuses
         SET state = $4, state_reason = $3, next_attempt_at = NULL
         WHERE notification_id = $1 AND sequence = $2 AND state IN ('pending', 'retrying')`,
        [notificationId, sequence, reason, state],
      );
    },

    async hold(notificationId, sequence) {
      const { rowCount } = await pool.query(holdStatement, [notificationId, sequence, heldReason]);
      return rowCount === 1;
    },

    async releaseEarlier(notificationId, sequence) {
      await pool.query(releaseEarlierStatement, [notificationId, sequence]);
    },
  };
}

function statementOf({ consequence }: AttemptRecord): { name: string; text: string } {
  switch (consequence?.kind) {
    case undefined:
      return { name: 'record-attempt', text: recordStatement };
    case 'disable':
      return { name: 'record-attempt-and-disable', text: recordAndDisableStatement };
    case 'warn':
      return { name: 'record-attempt-and-warn', text: recordAndWarnStatement };
  }
}

function toValues(attempt: AttemptRecord): unknown[] {
  const { exchange, consequence } = attempt;
  const { response } = exchange;
  return [
    attempt.notificationId,
    attempt.sequence,
    attempt.url,
    exchange.startedAt,
    Math.round(exchange.durationMs),
    attempt.outcome,
    response?.status ?? null,
    response ? JSON.stringify(response.headers) : null,
    response ? Buffer.from(response.body) : null,
    response?.truncated ?? false,
    attempt.error,
    attempt.state,
    attempt.nextAttemptInSeconds,
    ...(consequence ? [consequence.callbackId, consequence.reason] : []),
  ];
}

// Two workers record for the same status only when Temporal gave up on one that was still alive. The loser of the
// number waits for the winner's commit and then sees it, so each round lets at least one through.
async function withFreeNumber(insert: () => Promise<unknown>): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      await insert();
      return;
    } catch (cause) {
      const isTaken = cause instanceof DatabaseError && cause.constraint === 'attempts_pkey';
      if (!isTaken || round === maxRivals) throw cause;
    }
  }
}

function toJob(notificationId: string, sequence: number, row: JobRow): DeliveryJob {
  return {
    notificationId,
    sequence,
    eventId: row.event_id,
    event: row.event,
    // What the event is, acceptance has written.
    complaint: row.event === 'complaint' ? (row.details as Complaint) : null,
    inbound: row.event === 'inbound_sms' ? (row.details as InboundMessage) : null,
    target: row.target && toTarget(row.target),
    letter: {
      templateName: row.template_name,
      sentBy: row.sent_by,
      spreadsheetFileName: row.spreadsheet_file_name,
      spreadsheetRowNumber: row.spreadsheet_row_number,
      uploadLetterFileName: row.upload_letter_file_name,
    },
    state: row.state,
    earlierOpen:
      row.earlier_sequence === null
        ? null
        : {
            sequence: row.earlier_sequence,
            status: row.earlier_status,
            eventId: row.earlier_event_id,
            isHeld: row.earlier_is_held,
          },
    attemptsMade: row.attempts_made,
    attemptsRecorded: row.attempts_recorded,
    dueInSeconds: row.due_in_seconds,
    acceptedAt: row.accepted_at,
    serviceId: row.service_id,
    profile: row.profile,
    callback: toCallback(row),
    facts: {
      id: notificationId,
      reference: row.reference,
      to: row.recipient,
      status: row.status,
      statusDescription: row.status_description,
      providerResponse: row.provider_response,
      createdAt: row.created_at,
      completedAt: row.completed_at,
      sentAt: row.sent_at,
      notificationType: row.notification_type,
      templateId: row.template_id,
      templateVersion: row.template_version,
    },
  };
}

function toCallback(row: JobRow): StoredCallback | null {
  if (row.callback_id === null) return null;
  const callback = toStoredCallback({ ...row, callback_id: row.callback_id });
  if (row.target) return withTarget(callback, row.target);
  if (row.own_url === null || row.event !== 'delivery_status') return callback;
  return { ...callback, url: row.own_url, authType: 'bearer', sealedAuth: row.own_token };
}
