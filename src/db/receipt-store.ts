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
  unchecked_service_ids: string[];
  event_id: string;
  receipt: unknown;
  received_at: Instant;
};

const isUuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

// The services that have used a reference, each found by one step in the index, however often it did.
const servicesWith = (
  table: 'notifications' | 'destinations',
  name: string,
): string => `${name} (service_id) AS (
    (SELECT service_id FROM ${table} WHERE provider_reference = $1 ORDER BY service_id LIMIT 1)
    UNION ALL
    SELECT (SELECT service_id FROM ${table}
      WHERE provider_reference = $1 AND service_id > ${name}.service_id ORDER BY service_id LIMIT 1)
    FROM ${name} WHERE service_id IS NOT NULL
  )`;

// A provider does not speak for messages that were given to another.
const isProviders = '(provider IS NULL OR lower(provider) = $2)';
// Nor for those of test keys, which nobody sent.
const wasSent = "key_type <> 'test'";

const findByReferenceStatement = `
  WITH RECURSIVE ${servicesWith('notifications', 'senders')}, ${servicesWith('destinations', 'dispatchers')}, named AS (
    SELECT last.*
    FROM senders
    CROSS JOIN LATERAL (
      SELECT id, NULL AS address, NULL AS type, provider, registered_at, NULL::integer AS place FROM notifications
      WHERE provider_reference = $1 AND service_id = senders.service_id AND ${isProviders} AND ${wasSent}
      ORDER BY registered_at DESC LIMIT 1) last
    WHERE senders.service_id = ANY ($3::uuid[])
    UNION ALL
    SELECT last.*
    FROM dispatchers
    CROSS JOIN LATERAL (
      SELECT notification_id, address, type, provider, registered_at, place FROM destinations
      WHERE provider_reference = $1 AND service_id = dispatchers.service_id AND ${isProviders}
      ORDER BY registered_at DESC LIMIT 1) last
    WHERE dispatchers.service_id = ANY ($3::uuid[])
  )
  SELECT DISTINCT ON (n.service_id) n.id, n.service_id, s.profile, n.status, n.notification_type, named.address,
    named.type, named.provider
  FROM named
  JOIN notifications n ON n.id = named.id
  JOIN services s ON s.id = n.service_id
  WHERE n.${wasSent}
  ORDER BY n.service_id, named.registered_at DESC, n.id DESC, named.place DESC`;

// Of a member of a batch the id names the only destination that this provider has; where it has several it names none.
const findByIdStatement = `
  SELECT n.id, n.service_id, s.profile, n.status, n.notification_type, d.address, d.type,
    coalesce(d.provider, n.provider) AS provider
  FROM notifications n
  JOIN services s ON s.id = n.service_id
  LEFT JOIN LATERAL (
    SELECT min(address) AS address, min(type) AS type, min(provider) AS provider FROM destinations
    WHERE notification_id = n.id AND lower(provider) = $2
    HAVING count(*) = 1) d ON n.notification_type = 'member'
  WHERE n.id = $1::uuid AND n.service_id = ANY ($3::uuid[]) AND n.notification_type NOT IN ('inbound_sms', 'batch')
    AND n.${wasSent} AND CASE WHEN n.notification_type = 'member' THEN d.address IS NOT NULL
      ELSE n.provider IS NULL OR lower(n.provider) = $2 END`;

const statements = {
  id: { name: 'find-message-by-id', text: findByIdStatement },
  reference: { name: 'find-message-by-reference', text: findByReferenceStatement },
} as const;

// What cannot be processed is looked at for a day, at last once an hour.
const dueStatement = `
  UPDATE early_receipts e
  SET looks = e.looks + 1, next_look_at = now() + make_interval(secs =>
    CASE WHEN e.looks < 25 THEN least(15, power(2, e.looks + 1)) ELSE least(3600, 15 * power(2, least(e.looks, 40) - 24)) END)
  FROM (
    SELECT id FROM early_receipts WHERE next_look_at <= now() ORDER BY next_look_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ) AS due
  WHERE e.id = due.id
  RETURNING e.id, e.provider, e.service_ids, e.unchecked_service_ids, e.event_id, e.receipt, e.received_at`;

export function createReceiptStore(pool: Pool): ReceiptStore {
  return {
    async find({ provider, namesBy, reference }, serviceIds) {
      if (serviceIds.length === 0 || (namesBy === 'id' && !isUuid.test(reference))) return [];
      const { rows } = await pool.query<MessageRow>({
        ...statements[namesBy],
        values: [reference, provider, serviceIds],
      });
      return rows.map(toMessage);
    },

    async keepEarly({ id, provider, serviceIds, uncheckedServiceIds, eventId, receipt }) {
      await pool.query(
        `INSERT INTO early_receipts (id, provider, service_ids, unchecked_service_ids, event_id, receipt)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
        [id, provider, serviceIds, uncheckedServiceIds, eventId, JSON.stringify(receipt)],
      );
    },

    async dueEarly(limit) {
      const { rows } = await pool.query<EarlyRow>(dueStatement, [limit]);
      return rows.map((row) => ({
        id: row.id,
        provider: row.provider,
        serviceIds: row.service_ids,
        uncheckedServiceIds: row.unchecked_service_ids,
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
