import type { Pool } from 'pg';
import type { AcceptancePlan, AcceptanceSnapshot } from '../domain/acceptance.ts';
import type { CallbackFilter } from '../domain/callback.schema.ts';
import type { Instant } from '../domain/instant.ts';
import type { StatusStore } from '../ports.ts';
import { dispatchChannel } from './dispatch-signal.ts';
import { loadHistory } from './history.ts';

type SnapshotRow = {
  notification_id: string;
  event_id: string;
  service_id: string;
  profile: string;
  notification_type: string;
  template_id: string | null;
  last_sequence: number;
  final_sequence: number | null;
  sent_at: Instant | null;
  callback_id: string | null;
  filter: CallbackFilter | null;
  known_sequence: number | null;
};

const loadStatement = `
  SELECT k.notification_id, k.event_id, n.service_id, s.profile, n.notification_type, n.template_id, n.last_sequence,
    n.final_sequence, n.sent_at, c.id AS callback_id, c.filter, known.sequence AS known_sequence
  FROM unnest($1::uuid[], $2::uuid[]) AS k (notification_id, event_id)
  JOIN notifications n ON n.id = k.notification_id
  JOIN services s ON s.id = n.service_id
  LEFT JOIN callbacks c ON c.service_id = n.service_id AND c.event = 'delivery_status' AND c.removed_at IS NULL
  LEFT JOIN statuses known ON known.notification_id = k.notification_id AND known.event_id = k.event_id`;

// One statement is one transaction and one round trip. Only notifications that still stand where their snapshot saw
// them move; everything else hangs on that, so a plan is committed whole or not at all. They are locked in the order of
// their ids first: an UPDATE alone goes by its join's order, and two groups could then wait for each other in a circle.
const commitStatement = `
  WITH plans AS (
    SELECT *
    FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::text[], $6::timestamptz[], $7::timestamptz[])
      AS p (id, from_sequence, to_sequence, final_sequence, status, completed_at, sent_at)
  ), locked AS (
    SELECT n.id
    FROM notifications n
    JOIN plans p ON n.id = p.id AND n.last_sequence = p.from_sequence
    ORDER BY n.id
    FOR NO KEY UPDATE OF n
  ), moved AS (
    UPDATE notifications n
    SET last_sequence = p.to_sequence, final_sequence = p.final_sequence, status = p.status,
      completed_at = p.completed_at, sent_at = p.sent_at
    FROM locked JOIN plans p USING (id)
    WHERE n.id = locked.id AND n.last_sequence = p.from_sequence
    RETURNING n.id
  ), stored AS (
    INSERT INTO statuses (notification_id, sequence, event_id, status, accepted_at, occurred_at, completed_at, sent_at,
      status_description, provider_response, callback_id, state, state_reason)
    SELECT s.notification_id, s.sequence, s.event_id, s.status, s.accepted_at, s.occurred_at, s.completed_at, s.sent_at,
      s.status_description, s.provider_response, s.callback_id,
      CASE WHEN s.skip_reason IS NULL THEN 'pending' ELSE 'skipped' END, s.skip_reason
    FROM unnest($8::uuid[], $9::int[], $10::uuid[], $11::text[], $12::timestamptz[], $13::timestamptz[],
      $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::uuid[], $19::text[])
      AS s (notification_id, sequence, event_id, status, accepted_at, occurred_at, completed_at, sent_at,
        status_description, provider_response, callback_id, skip_reason)
    JOIN moved ON moved.id = s.notification_id
    RETURNING notification_id, sequence, state
  ), queued AS (
    INSERT INTO dispatch_entries (notification_id, sequence, owner)
    SELECT notification_id, sequence, $20::uuid FROM stored WHERE state = 'pending'
    RETURNING owner
  ), offered AS (
    SELECT pg_notify('${dispatchChannel}', '') FROM queued WHERE owner IS NULL LIMIT 1
  )
  SELECT id FROM moved LEFT JOIN offered ON true`;

export function createStatusStore(pool: Pool): StatusStore {
  return {
    async loadForAcceptance(keys) {
      const { rows } = await pool.query<SnapshotRow>({
        name: 'load-for-acceptance',
        text: loadStatement,
        values: [keys.map((key) => key.notificationId), keys.map((key) => key.eventId)],
      });
      return toSnapshots(rows);
    },

    async commit(plans, owner) {
      const { rows } = await pool.query<{ id: string }>({
        name: 'commit-acceptance',
        text: commitStatement,
        values: [...planColumns(plans), ...statusColumns(plans), owner],
      });
      return new Set(rows.map(({ id }) => id));
    },

    history: (notificationId) => loadHistory(pool, notificationId),
  };
}

function planColumns(plans: readonly AcceptancePlan[]): unknown[] {
  return [
    plans.map((plan) => plan.notificationId),
    plans.map((plan) => plan.fromSequence),
    plans.map((plan) => plan.toSequence),
    plans.map((plan) => plan.finalSequence),
    plans.map((plan) => plan.status),
    plans.map((plan) => plan.completedAt),
    plans.map((plan) => plan.sentAt),
  ];
}

function statusColumns(plans: readonly AcceptancePlan[]): unknown[] {
  const statuses = plans.flatMap((plan) => plan.statuses);
  return [
    statuses.map((status) => status.notificationId),
    statuses.map((status) => status.sequence),
    statuses.map((status) => status.eventId),
    statuses.map((status) => status.status),
    statuses.map((status) => status.acceptedAt),
    statuses.map((status) => status.occurredAt),
    statuses.map((status) => status.completedAt),
    statuses.map((status) => status.sentAt),
    statuses.map((status) => status.statusDescription),
    statuses.map((status) => status.providerResponse),
    statuses.map((status) => status.callbackId),
    statuses.map((status) => status.skipReason),
  ];
}

function toSnapshots(rows: readonly SnapshotRow[]): AcceptanceSnapshot[] {
  const snapshots = new Map<string, AcceptanceSnapshot & { knownEvents: Map<string, number> }>();
  for (const row of rows) {
    let snapshot = snapshots.get(row.notification_id);
    if (!snapshot) {
      snapshot = {
        notificationId: row.notification_id,
        serviceId: row.service_id,
        profile: row.profile,
        notificationType: row.notification_type,
        templateId: row.template_id,
        lastSequence: row.last_sequence,
        finalSequence: row.final_sequence,
        sentAt: row.sent_at,
        callback: row.callback_id === null ? null : { id: row.callback_id, filter: row.filter ?? {} },
        knownEvents: new Map(),
      };
      snapshots.set(row.notification_id, snapshot);
    }
    if (row.known_sequence !== null) snapshot.knownEvents.set(row.event_id, row.known_sequence);
  }
  return [...snapshots.values()];
}
