// What one attempt reads, for all the attempts that begin at the same moment in one statement.
import type { Pool } from 'pg';
import type { StoredState } from '../../domain/callbacks/callback-state.ts';
import type { Complaint } from '../../domain/notifications/complaint.ts';
import type { EventName } from '../../domain/event.ts';
import type { InboundMessage } from '../../domain/notifications/inbound.ts';
import type { Instant } from '../../domain/instant.ts';
import type { DeliveryJob, DeliveryStore, StoredCallback } from '../../ports/index.ts';
import { isCallbackOf, receiverOf } from '../fragments/callback-join.ts';
import { targetOf, toTarget, withTarget, type TargetJson } from '../fragments/communication-target.ts';
import { isCounted, isPrevented } from '../fragments/counted-attempts.ts';
import { parameterRows } from '../fragments/parameter-rows.ts';
import { createSharedStatement } from '../postgres/shared-statement.ts';
import { storedCallbackColumns, toStoredCallback, type StoredCallbackRow } from './stored-callback.ts';

type Key = { notificationId: string; sequence: number };

type JobRow = Omit<StoredCallbackRow, 'callback_id' | 'receiver_id'> & {
  place: number;
  callback_id: string | null;
  receiver_id: string | null;
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
  own_failures: number;
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
  SELECT k.place, st.event_id, st.event, st.details, st.state, ceil(greatest(0, coalesce(extract(epoch FROM st.next_attempt_at - now()), 0)))::integer AS due_in_seconds,
    st.accepted_at, st.status, st.status_description, st.provider_response,
    st.completed_at, st.sent_at, n.service_id, s.profile, n.reference, n.recipient, n.created_at, n.notification_type,
    n.template_id, n.template_version, n.template_name, n.sent_by, n.spreadsheet_file_name, n.spreadsheet_row_number,
    n.upload_letter_file_name, n.callback_url AS own_url, n.sealed_callback_token AS own_token,
    CASE WHEN n.communication_id IS NOT NULL THEN ${targetOf} END AS target, ${storedCallbackColumns}, ${receiverOf('c.id', 'st.event')} AS receiver_id, made.attempts_made, made.attempts_recorded, made.own_failures,
    earlier.sequence AS earlier_sequence, earlier.status AS earlier_status, earlier.event_id AS earlier_event_id,
    earlier.state = 'held' AS earlier_is_held
  FROM ${parameterRows('$1::uuid[], $2::int[]', 'notification_id, sequence')} k
  JOIN statuses st ON st.notification_id = k.notification_id AND st.sequence = k.sequence
  JOIN notifications n ON n.id = st.notification_id
  JOIN services s ON s.id = n.service_id
  LEFT JOIN callbacks c ON ${isCallbackOf('st.event')}
  CROSS JOIN LATERAL (
    SELECT count(*) AS attempts_recorded, count(*) FILTER (WHERE ${isCounted}) - st.attempts_before AS attempts_made,
      coalesce((array_agg(CASE WHEN ${isPrevented} THEN a.repeats ELSE 0 END ORDER BY a.number DESC))[1], 0) AS own_failures
    FROM attempts a
    WHERE a.notification_id = st.notification_id AND a.sequence = st.sequence) made
  LEFT JOIN LATERAL (
    SELECT e.sequence, e.status, e.event_id, e.state
    FROM statuses e
    WHERE e.notification_id = st.notification_id AND e.sequence < st.sequence
      AND e.event = st.event
      AND (e.state IN ('pending', 'retrying') OR (e.state = 'held' AND c.state = 'enabled' AND e.callback_id = c.id))
    ORDER BY e.sequence
    LIMIT 1) earlier ON true`;

// A group larger than this makes its last caller wait longer for no saving that can be measured.
const maxGroup = 100;

export function createLoadDelivery(pool: Pool): DeliveryStore['load'] {
  const loadAll = async (keys: readonly Key[]): Promise<(DeliveryJob | null)[]> => {
    const { rows } = await pool.query<JobRow>({
      name: 'load-deliveries',
      text: loadStatement,
      values: [keys.map(({ notificationId }) => notificationId), keys.map(({ sequence }) => sequence)],
    });
    const found = new Map(rows.map((row) => [row.place, row]));
    return keys.map((key, index) => {
      const row = found.get(index + 1);
      return row ? toJob(key, row) : null;
    });
  };
  const load = createSharedStatement<Key, DeliveryJob | null>({
    together: loadAll,
    alone: async (key) => (await loadAll([key]))[0] ?? null,
    maxItems: maxGroup,
    spacingMs: 5,
  });
  return (notificationId, sequence) => load({ notificationId, sequence });
}

function toJob({ notificationId, sequence }: Key, row: JobRow): DeliveryJob {
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
    ownFailures: row.own_failures,
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
  const { callback_id, receiver_id } = row;
  if (callback_id === null) return null;
  const callback = toStoredCallback({ ...row, callback_id, receiver_id: receiver_id ?? callback_id });
  if (row.target) return withTarget(callback, row.target);
  if (row.own_url === null || row.event !== 'delivery_status') return callback;
  return { ...callback, url: row.own_url, authType: 'bearer', sealedAuth: row.own_token, hasOwnToken: true };
}
