import type { Pool } from 'pg';
import type { AcceptancePlan, AcceptanceSnapshot } from '../domain/acceptance.ts';
import type { CallbackEvent, CallbackFilter } from '../domain/callback.schema.ts';
import type { Instant } from '../domain/instant.ts';
import type { StatusStore } from '../ports/index.ts';
import { isCallbackOf } from './callback-of.ts';
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
  event: CallbackEvent | null;
  callback_id: string;
  filter: CallbackFilter | null;
  is_disabled: boolean;
  max_in_flight: number;
  known_sequence: number | null;
};

const loadStatement = `
  SELECT k.notification_id, k.event_id, n.service_id, s.profile, n.notification_type, n.template_id, n.last_sequence,
    n.final_sequence, n.sent_at, c.event, c.id AS callback_id, c.filter, c.state = 'disabled' AS is_disabled, c.max_in_flight, known.sequence AS known_sequence
  FROM unnest($1::uuid[], $2::uuid[]) AS k (notification_id, event_id)
  JOIN notifications n ON n.id = k.notification_id
  JOIN services s ON s.id = n.service_id
  LEFT JOIN callbacks c ON ${isCallbackOf('c.event')}
  LEFT JOIN statuses known ON known.notification_id = k.notification_id AND known.event_id = k.event_id`;

// One statement is one transaction and one round trip. Only notifications that still stand where their snapshot saw
// them move; everything else hangs on that, so a plan is committed whole or not at all. They are locked in the order of
// their ids first: an UPDATE alone goes by its join's order, and two groups could then wait for each other in a circle.
// What is to be held locks its callback, so that it is either seen by whoever enables it or, if that came first, sent.
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
    SET last_sequence = p.to_sequence, final_sequence = p.final_sequence,
      status = coalesce(p.status, n.status),
      completed_at = CASE WHEN p.status IS NULL THEN n.completed_at ELSE p.completed_at END,
      sent_at = p.sent_at
    FROM locked JOIN plans p USING (id)
    WHERE n.id = locked.id AND n.last_sequence = p.from_sequence
    RETURNING n.id, n.service_id
  ), disabled AS (
    SELECT id FROM callbacks
    WHERE id IN (SELECT callback_id FROM unnest($18::uuid[], $19::text[]) AS s (callback_id, state) WHERE s.state = 'held')
      AND state = 'disabled'
    ORDER BY id
    FOR SHARE
  ), stored AS (
    INSERT INTO statuses (notification_id, sequence, event_id, status, accepted_at, occurred_at, completed_at, sent_at,
      status_description, provider_response, callback_id, event, details, state, state_reason)
    SELECT s.notification_id, s.sequence, s.event_id, s.status, s.accepted_at, s.occurred_at, s.completed_at, s.sent_at,
      s.status_description, s.provider_response, s.callback_id, s.event, s.details,
      CASE WHEN s.state = 'held' AND disabled.id IS NULL THEN 'pending' ELSE s.state END,
      CASE WHEN s.state = 'held' AND disabled.id IS NULL THEN NULL ELSE s.state_reason END
    FROM unnest($8::uuid[], $9::int[], $10::uuid[], $11::text[], $12::timestamptz[], $13::timestamptz[],
      $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::uuid[], $19::text[], $20::text[], $23::text[],
      $24::jsonb[])
      AS s (notification_id, sequence, event_id, status, accepted_at, occurred_at, completed_at, sent_at,
        status_description, provider_response, callback_id, state, state_reason, event, details)
    JOIN moved ON moved.id = s.notification_id
    LEFT JOIN disabled ON disabled.id = s.callback_id
    RETURNING notification_id, sequence, event_id, event, accepted_at, state, callback_id
  ), held AS (
    INSERT INTO held_statuses (notification_id, sequence, callback_id)
    SELECT notification_id, sequence, callback_id FROM stored WHERE state = 'held'
  ), inbound AS (
    INSERT INTO inbound_messages (id, service_id, notification_id, sequence, accepted_at)
    SELECT stored.event_id, moved.service_id, stored.notification_id, stored.sequence, stored.accepted_at
    FROM stored
    JOIN moved ON moved.id = stored.notification_id
    WHERE stored.event = 'inbound_sms'
    ON CONFLICT DO NOTHING
  ), heard AS (
    DELETE FROM workflow_requests
    WHERE workflow_id IN (
      SELECT 'timeout/' || moved.id FROM moved JOIN plans p USING (id) WHERE p.final_sequence > p.from_sequence)
  ), queued AS (
    INSERT INTO dispatch_entries (notification_id, sequence, callback_id, owner)
    SELECT notification_id, sequence, callback_id, CASE WHEN callback_id <> ALL ($22::uuid[]) THEN $21::uuid END
    FROM stored WHERE state = 'pending'
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

    async commit(plans, owner, leftToAny = []) {
      const { rows } = await pool.query<{ id: string }>({
        name: 'commit-acceptance',
        text: commitStatement,
        values: [...planColumns(plans), ...statusColumns(plans), owner, leftToAny, ...eventColumns(plans)],
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
    statuses.map((status) => status.state),
    statuses.map((status) => status.stateReason),
  ];
}

function eventColumns(plans: readonly AcceptancePlan[]): unknown[] {
  const statuses = plans.flatMap((plan) => plan.statuses);
  return [
    statuses.map(({ event }) => event),
    statuses.map(({ details }) => details && JSON.stringify(details)),
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
        callbacks: {},
        knownEvents: new Map(),
      };
      snapshots.set(row.notification_id, snapshot);
    }
    if (row.event !== null)
      snapshot.callbacks[row.event] = {
        id: row.callback_id,
        filter: row.filter ?? {},
        isDisabled: row.is_disabled,
        maxInFlight: row.max_in_flight,
      };
    if (row.known_sequence !== null) snapshot.knownEvents.set(row.event_id, row.known_sequence);
  }
  return [...snapshots.values()];
}
