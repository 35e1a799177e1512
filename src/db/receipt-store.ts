import type { Pool } from 'pg';
import type { Instant } from '../domain/instant.ts';
import type { NamedMessage, ReceiptStore } from '../ports/index.ts';

type MessageRow = {
  id: string;
  service_id: string;
  profile: string;
  status: string;
  notification_type: string;
  address: string | null;
  type: string | null;
  provider: string | null;
};

type EarlyRow = {
  id: string;
  provider: string;
  service_ids: string[];
  event_id: string;
  receipt: unknown;
  received_at: Instant;
};

// A provider does not speak for messages that were given to another, nor for those of test keys, which nobody sent. Of a reference that was used again the newest counts.
// Whose it may be is looked at here and not asked for there: it can be one of very many services.
const findStatement = `
  SELECT n.id, n.service_id, s.profile, n.status, n.notification_type, named.address, named.type, named.provider
  FROM (
    SELECT id, NULL AS address, NULL AS type, provider FROM notifications WHERE provider_reference = $1
    UNION ALL
    SELECT id, NULL, NULL, provider FROM notifications
    WHERE id = CASE WHEN $1 ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN $1::uuid END
    UNION ALL
    SELECT notification_id, address, type, provider FROM destinations WHERE provider_reference = $1
  ) AS named
  JOIN notifications n ON n.id = named.id
  JOIN services s ON s.id = n.service_id
  WHERE (named.provider IS NULL OR lower(named.provider) = $2)
    AND n.notification_type NOT IN ('inbound_sms', 'batch')
    AND n.key_type <> 'test'
  ORDER BY n.created_at DESC, n.id DESC
  LIMIT 50`;

const dueStatement = `
  UPDATE early_receipts e
  SET looks = e.looks + 1, next_look_at = now() + make_interval(secs => least(15, power(2, e.looks + 1)))
  FROM (
    SELECT id FROM early_receipts WHERE next_look_at <= now() ORDER BY next_look_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ) AS due
  WHERE e.id = due.id
  RETURNING e.id, e.provider, e.service_ids, e.event_id, e.receipt, e.received_at`;

export function createReceiptStore(pool: Pool): ReceiptStore {
  return {
    async find(provider, reference, serviceIds) {
      const { rows } = await pool.query<MessageRow>({
        name: 'find-named-message',
        text: findStatement,
        values: [reference, provider],
      });
      const row = rows.find(({ service_id: serviceId }) => serviceIds.has(serviceId));
      return row ? toMessage(row) : null;
    },

    async keepEarly({ id, provider, serviceIds, eventId, receipt }) {
      await pool.query(
        `INSERT INTO early_receipts (id, provider, service_ids, event_id, receipt) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING`,
        [id, provider, serviceIds, eventId, JSON.stringify(receipt)],
      );
    },

    async dueEarly(limit) {
      const { rows } = await pool.query<EarlyRow>(dueStatement, [limit]);
      return rows.map((row) => ({
        id: row.id,
        provider: row.provider,
        serviceIds: row.service_ids,
        eventId: row.event_id,
        receipt: row.receipt,
        receivedAt: row.received_at,
      }));
    },

    async doneEarly(id) {
      await pool.query('DELETE FROM early_receipts WHERE id = $1', [id]);
    },
  };
}

function toMessage(row: MessageRow): NamedMessage {
  return {
    notificationId: row.id,
    serviceId: row.service_id,
    profile: row.profile,
    status: row.status,
    notificationType: row.notification_type,
    destination:
      row.address === null ? null : { to: row.address, type: row.type ?? '', provider: row.provider },
  };
}
