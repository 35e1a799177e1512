import type { Pool } from 'pg';
import type { MailKind } from '../../domain/callbacks/communication-mail.ts';
import type { Instant } from '../../domain/instant.ts';
import type { MailStore, OpenMail } from '../../ports/index.ts';
import { isCounted } from '../fragments/counted-attempts.ts';

type MailRow = {
  id: string;
  address: string;
  kind: MailKind;
  notification_id: string;
  sequence: number;
  reason: string;
  created_at: Instant;
  service_id: string;
  service_name: string;
  event: string;
  communication_id: string | null;
  communication_name: string | null;
  url: string;
  held: number;
  attempts_made: number;
  attempted_at: Instant | null;
  error: string | null;
  response_status: number | null;
  response_body: Buffer | null;
  response_truncated: boolean;
};

/** Far more than a mail shows of an answer, and far less than is kept of one. */
const maxBodyBytes = 4096;

const loadStatement = `
  SELECT m.id, m.address, m.kind, m.notification_id, m.sequence, m.reason, m.created_at, c.service_id,
    s.name AS service_name, coalesce(failing.event, c.event) AS event, co.id AS communication_id,
    co.name AS communication_name, -- Not what was called: the variables in it may be a person's.
    coalesce(t.url_template, last.url, c.url) AS url,
    (SELECT count(*) FROM held_statuses h WHERE h.callback_id = c.id) AS held,
    (SELECT count(*) - coalesce(min(st.attempts_before), 0)
     FROM attempts a JOIN statuses st USING (notification_id, sequence)
     WHERE a.notification_id = m.notification_id AND a.sequence = m.sequence AND ${isCounted}) AS attempts_made,
    last.started_at AS attempted_at, last.error, last.response_status,
    substring(last.response_body FROM 1 FOR ${maxBodyBytes}) AS response_body,
    coalesce(last.response_truncated OR length(last.response_body) > ${maxBodyBytes}, false) AS response_truncated
  FROM mails m
  JOIN callbacks c ON c.id = m.callback_id
  JOIN services s ON s.id = c.service_id
  LEFT JOIN communications co ON co.id = c.id
  LEFT JOIN statuses failing ON failing.notification_id = m.notification_id AND failing.sequence = m.sequence
  LEFT JOIN communication_callbacks t ON t.communication_id = co.id AND t.event = failing.event
  LEFT JOIN LATERAL (
    SELECT * FROM attempts a
    WHERE a.notification_id = m.notification_id AND a.sequence = m.sequence
    ORDER BY a.number DESC
    LIMIT 1) last ON true
  WHERE m.id = $1 AND m.sent_at IS NULL`;

export function createMailStore(pool: Pool): MailStore {
  return {
    async unsent(communicationId, kind, incident) {
      const { rows } = await pool.query<{ id: string }>(
        `SELECT id FROM mails WHERE callback_id = $1 AND kind = $2 AND incident = $3 AND sent_at IS NULL
         ORDER BY address`,
        [communicationId, kind, incident],
      );
      return rows.map(({ id }) => id);
    },

    async load(id) {
      const { rows } = await pool.query<MailRow>(loadStatement, [id]);
      return rows[0] ? toOpenMail(rows[0]) : null;
    },

    async claim(id, by, seconds) {
      const { rowCount } = await pool.query(
        `UPDATE mails SET sending_by = $2, sending_until = now() + make_interval(secs => $3)
         WHERE id = $1 AND sent_at IS NULL AND (sending_by = $2 OR sending_until IS NULL OR sending_until <= now())`,
        [id, by, seconds],
      );
      return rowCount === 1;
    },

    async sent(id) {
      await pool.query('UPDATE mails SET sent_at = now() WHERE id = $1 AND sent_at IS NULL', [id]);
    },
  };
}

function toOpenMail(row: MailRow): OpenMail {
  return {
    id: row.id,
    address: row.address,
    facts: {
      kind: row.kind,
      serviceId: row.service_id,
      serviceName: row.service_name,
      event: row.event,
      communication:
        row.communication_id === null
          ? null
          : { id: row.communication_id, name: row.communication_name ?? '' },
      url: row.url,
      notificationId: row.notification_id,
      sequence: row.sequence,
      attemptsMade: row.attempts_made,
      lastAttempt:
        row.attempted_at === null
          ? null
          : {
              at: row.attempted_at,
              error: row.error ?? '',
              responseStatus: row.response_status,
              responseBody: row.response_body && row.response_body.toString('utf8'),
              truncated: row.response_truncated,
            },
      at: row.created_at,
      reason: row.reason,
      held: row.held,
    },
  };
}
