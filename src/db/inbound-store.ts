import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { InboundMessage } from '../domain/inbound.ts';
import type { Instant } from '../domain/instant.ts';
import type { KeyType } from '../domain/key-type.ts';
import type { InboundStore, StoredInbound } from '../ports/index.ts';
import { isOfKeyType } from './key-types.ts';
import { withinBytes } from './page-within-bytes.ts';

type MessageRow = {
  id: string;
  service_id: string;
  key_type: KeyType;
  notification_id: string;
  sequence: number;
  accepted_at: Instant;
  details: InboundMessage;
};

const messages = `
  SELECT m.id, m.service_id, m.key_type, m.notification_id, m.sequence, m.accepted_at, st.details
  FROM inbound_messages m
  JOIN statuses st USING (notification_id, sequence)`;

const listStatement = (keyTypes: readonly KeyType[]): string =>
  withinBytes(
    `${messages}
     WHERE m.service_id = $1 AND m.${isOfKeyType(keyTypes)} AND ($2::uuid IS NULL OR (m.accepted_at, m.id) < (
       SELECT older.accepted_at, older.id FROM inbound_messages older WHERE older.id = $2 AND older.service_id = $1
         AND older.${isOfKeyType(keyTypes)}))
     ORDER BY m.accepted_at DESC, m.id DESC
     LIMIT $3`,
    'accepted_at DESC, id DESC',
  );

const conversationStatement = `
  INSERT INTO notifications (id, service_id, key_type, recipient, notification_type, status, created_at, request_digest)
  VALUES ($1, $2, $3, $4, 'inbound_sms', 'received', now(), '')
  ON CONFLICT (service_id, recipient, key_type) WHERE notification_type = 'inbound_sms' DO NOTHING
  RETURNING id`;

export function createInboundStore(pool: Pool): InboundStore {
  return {
    async conversation(owner, sourceNumber) {
      const { serviceId, keyType } = owner;
      const known = await pool.query<{ id: string }>({
        name: 'find-conversation',
        text: `SELECT id FROM notifications
          WHERE service_id = $1 AND key_type = $2 AND recipient = $3 AND notification_type = 'inbound_sms'`,
        values: [serviceId, keyType, sourceNumber],
      });
      if (known.rows[0]) return known.rows[0].id;
      const made = await pool.query<{ id: string }>(conversationStatement, [
        uuidv7(),
        serviceId,
        keyType,
        sourceNumber,
      ]);
      // Whoever was faster has committed it by the time that ours gave way.
      return made.rows[0]?.id ?? this.conversation(owner, sourceNumber);
    },

    async find(id) {
      const { rows } = await pool.query<MessageRow>(`${messages} WHERE m.id = $1`, [id]);
      return rows[0] ? toStored(rows[0]) : null;
    },

    async list({ serviceId, keyTypes }, { limit, olderThan }) {
      const { rows } = await pool.query<MessageRow>(listStatement(keyTypes), [serviceId, olderThan, limit]);
      return rows.map(toStored);
    },
  };
}

function toStored(row: MessageRow): StoredInbound {
  return {
    id: row.id,
    serviceId: row.service_id,
    keyType: row.key_type,
    notificationId: row.notification_id,
    sequence: row.sequence,
    acceptedAt: row.accepted_at,
    ...row.details,
  };
}
