import { DatabaseError, type Pool } from 'pg';
import type { CallbackAuth } from '../domain/callback.schema.ts';
import type { StoredState } from '../domain/callback-state.ts';
import type { Instant } from '../domain/instant.ts';
import type { DeliveryJob, DeliveryStore } from '../ports.ts';
import {
  sealedCredentialsColumns,
  toSealedCredentials,
  type SealedCredentialsRow,
} from './sealed-credentials.ts';

type JobRow = SealedCredentialsRow & {
  event_id: string;
  state: StoredState;
  earlier_sequence: number | null;
  earlier_status: string;
  earlier_event_id: string;
  attempts_made: number;
  attempts_recorded: number;
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
  callback_id: string | null;
  url: string;
  auth_type: CallbackAuth['type'];
  sealed_auth: Buffer | null;
  attempts: number;
  interval_seconds: number;
  timeout_seconds: number;
};

const loadStatement = `
  SELECT st.event_id, st.state, st.accepted_at, st.status, st.status_description, st.provider_response,
    st.completed_at, st.sent_at, n.service_id, s.profile, n.reference, n.recipient, n.created_at, n.notification_type,
    n.template_id, n.template_version, ${sealedCredentialsColumns}, c.id AS callback_id, c.url, c.auth_type, c.sealed_auth, c.attempts,
    c.interval_seconds, c.timeout_seconds, made.attempts_made, made.attempts_recorded,
    earlier.sequence AS earlier_sequence, earlier.status AS earlier_status, earlier.event_id AS earlier_event_id
  FROM statuses st
  JOIN notifications n ON n.id = st.notification_id
  JOIN services s ON s.id = n.service_id
  LEFT JOIN callbacks c ON c.service_id = n.service_id AND c.event = st.event AND c.removed_at IS NULL
  CROSS JOIN LATERAL (
    SELECT count(*) AS attempts_recorded, count(*) FILTER (WHERE a.outcome <> 'cancelled') AS attempts_made
    FROM attempts a
    WHERE a.notification_id = st.notification_id AND a.sequence = st.sequence) made
  LEFT JOIN LATERAL (
    SELECT e.sequence, e.status, e.event_id
    FROM statuses e
    WHERE e.notification_id = st.notification_id AND e.sequence < st.sequence
      AND e.event = st.event AND e.state IN ('pending', 'retrying')
    ORDER BY e.sequence
    LIMIT 1) earlier ON true
  WHERE st.notification_id = $1 AND st.sequence = $2`;

// A status that is settled keeps its state: a late echo of an attempt is recorded and changes nothing.
const recordStatement = `
  WITH attempt AS (
    INSERT INTO attempts (notification_id, sequence, number, url, started_at, duration_ms, outcome, response_status,
      response_headers, response_body, response_truncated, error)
    SELECT $1, $2,
      1 + (SELECT count(*) FROM attempts made WHERE made.notification_id = $1 AND made.sequence = $2),
      $3, $4, $5, $6, $7, $8, $9, $10, $11
  )
  UPDATE statuses
  SET state = $12, state_reason = $11, next_attempt_at = now() + make_interval(secs => $13)
  WHERE notification_id = $1 AND sequence = $2 AND state IN ('pending', 'retrying')`;

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

    async record({ notificationId, sequence, url, outcome, error, exchange, state, nextAttemptInSeconds }) {
      const { response } = exchange;
      const values = [
        notificationId,
        sequence,
        url,
        exchange.startedAt,
        Math.round(exchange.durationMs),
        outcome,
        response?.status ?? null,
        response ? JSON.stringify(response.headers) : null,
        response ? Buffer.from(response.body) : null,
        response?.truncated ?? false,
        error,
        state,
        nextAttemptInSeconds,
      ];
      await withFreeNumber(() => pool.query({ name: 'record-attempt', text: recordStatement, values }));
    },

    async settle(notificationId, sequence, state, reason) {
      await pool.query(
        `UPDATE statuses
         SET state = $3, state_reason = $4, next_attempt_at = NULL
         WHERE notification_id = $1 AND sequence = $2 AND state IN ('pending', 'retrying')`,
        [notificationId, sequence, state, reason],
      );
    },
  };
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
    state: row.state,
    earlierOpen:
      row.earlier_sequence === null
        ? null
        : { sequence: row.earlier_sequence, status: row.earlier_status, eventId: row.earlier_event_id },
    attemptsMade: row.attempts_made,
    attemptsRecorded: row.attempts_recorded,
    acceptedAt: row.accepted_at,
    serviceId: row.service_id,
    profile: row.profile,
    callback:
      row.callback_id === null
        ? null
        : {
            id: row.callback_id,
            ...toSealedCredentials(row),
            url: row.url,
            authType: row.auth_type,
            sealedAuth: row.sealed_auth,
            policy: {
              attempts: row.attempts,
              intervalSeconds: row.interval_seconds,
              timeoutSeconds: row.timeout_seconds,
            },
          },
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
