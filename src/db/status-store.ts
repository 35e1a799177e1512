import { DatabaseError, type Pool } from 'pg';
import type { AcceptancePlan, AcceptanceSnapshot } from '../domain/acceptance.ts';
import type { CallbackFilter } from '../domain/callback.schema.ts';
import type { EventName } from '../domain/event.ts';
import { inboundIdTaken } from '../domain/inbound.ts';
import type { Instant } from '../domain/instant.ts';
import type { KeyType } from '../domain/key-type.ts';
import type { StatusStore } from '../ports/index.ts';
import { commitStatement, loadStatement } from './acceptance-statements.ts';
import { toDestinationSnapshot, type DestinationJson } from './destinations.ts';
import { loadAttemptsPage, loadHistory } from './history.ts';

type SnapshotRow = {
  notification_id: string;
  event_id: string;
  service_id: string;
  key_type: KeyType;
  profile: string;
  notification_type: string;
  template_id: string | null;
  last_sequence: number;
  final_sequence: number | null;
  sent_at: Instant | null;
  event: EventName | null;
  callback_id: string;
  receiver_id: string;
  filter: CallbackFilter | null;
  is_disabled: boolean;
  max_in_flight: number;
  known_sequence: number | null;
  destinations: DestinationJson[] | null;
};

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
      const { rows } = await pool
        .query<{ id: string }>({
          name: 'commit-acceptance',
          text: commitStatement,
          values: [
            ...planColumns(plans),
            ...statusColumns(plans),
            owner,
            leftToAny,
            ...eventColumns(plans),
            ...destinationColumns(plans),
          ],
        })
        .catch((cause: unknown) => {
          const isTaken = cause instanceof DatabaseError && cause.constraint === 'inbound_messages_pkey';
          throw isTaken ? inboundIdTaken() : cause;
        });
      return new Set(rows.map(({ id }) => id));
    },

    history: (notificationId, page = { limit: 500, after: 0 }) => loadHistory(pool, notificationId, page),
    attempts: (status, page) => loadAttemptsPage(pool, status, page),
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

function destinationColumns(plans: readonly AcceptancePlan[]): unknown[] {
  const changes = plans.flatMap(({ notificationId, destinations }) =>
    destinations.map((change) => ({ notificationId, ...change })),
  );
  return [
    changes.map(({ notificationId }) => notificationId),
    changes.map(({ place }) => place),
    changes.map(({ status }) => status),
    changes.map(({ isProcessed }) => isProcessed),
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
        keyType: row.key_type,
        profile: row.profile,
        notificationType: row.notification_type,
        templateId: row.template_id,
        lastSequence: row.last_sequence,
        finalSequence: row.final_sequence,
        sentAt: row.sent_at,
        callbacks: {},
        destinations: row.destinations?.map(toDestinationSnapshot) ?? null,
        knownEvents: new Map(),
      };
      snapshots.set(row.notification_id, snapshot);
    }
    if (row.event !== null)
      snapshot.callbacks[row.event] = {
        id: row.callback_id,
        receiverId: row.receiver_id,
        filter: row.filter ?? {},
        isDisabled: row.is_disabled,
        maxInFlight: row.max_in_flight,
      };
    if (row.known_sequence !== null) snapshot.knownEvents.set(row.event_id, row.known_sequence);
  }
  return [...snapshots.values()];
}
