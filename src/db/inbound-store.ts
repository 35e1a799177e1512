import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { InboundMessage } from '../domain/inbound.ts';
import type { Instant } from '../domain/instant.ts';
import type { InboundStore, StoredInbound } from '../ports/index.ts';
import { withinBytes } from './page-within-bytes.ts';

type MessageRow = {
  id: string;
  service_id: string;
  notification_id: string;
  sequence: number;
  accepted_at: Instant;
  details: InboundMessage;
};

const messages = `
  SELECT m.id, m.service_id, m.notification_id, m.sequence, m.accepted_at, st.details
  FROM inbound_messages m
  JOIN statuses st USING (notification_id, sequence)`;

const listStatement = withinBytes(
  `${messages}
   WHERE m.service_id = $1 AND ($2::uuid IS NULL OR (m.accepted_at, m.id) < (
     SELECT older.accepted_at, older.id FROM inbound_messages older WHERE older.id = $2 AND older.service_id = $1))
   ORDER BY m.accepted_at DESC, m.id DESC
   LIMIT $3`,
  'accepted_at DESC, id DESC',
);

const conversationStatement = `
  INSERT INTO notifications (id, service_id, recipient, notification_type, status, created_at, request_digest)
  VALUES ($1, $2, $3, 'inbound_sms', 'received', now(), '')
  ON CONFLICT (service_id, recipient) WHERE notification_type = 'inbound_sms' DO NOTHING
  RETURNING id`;

export function createInboundStore(pool: Pool): InboundStore {
  return {
    async conversation(serviceId, sourceNumber) {
      const known = await pool.query<{ id: string }>({
        name: 'find-conversation',
        text: `SELECT id FROM notifications
          WHERE service_id = $1 AND recipient = $2 AND notification_type = 'inbound_sms'`,
        values: [serviceId, sourceNumber],
      });
      if (known.rows[0]) return known.rows[0].id;
      const made = await pool.query<{ id: string }>(conversationStatement, [
        uuidv7(),
        serviceId,
        sourceNumber,
      ]);
      // Whoever was faster has committed it by the time that ours gave way.
      return made.rows[0]?.id ?? this.conversation(serviceId, sourceNumber);
    },

    async find(id) {
      const { rows } = await pool.query<MessageRow>(`${messages} WHERE m.id = $1`, [id]);
      return rows[0] ? toStored(rows[0]) : null;
    },

    async list(serviceId, { limit, olderThan }) {
      const { rows } = await pool.query<MessageRow>(listStatement, [serviceId, olderThan, limit]);
      return rows.map(toStored);
    },
  };
}

function toStored(row: MessageRow): StoredInbound {
  return {
    id: row.id,
    serviceId: row.service_id,
    notificationId: row.notification_id,
    sequence: row.sequence,
    acceptedAt: row.accepted_at,
    ...row.details,
  };
}
