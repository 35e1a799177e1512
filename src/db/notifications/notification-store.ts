import type { Pool } from 'pg';
import type { Notification } from '../../domain/notifications/notification.schema.ts';
import { timeoutHours } from '../../domain/notifications/timeout-hours.ts';
import type { NotificationStore } from '../../ports/index.ts';
import { createFindLetters } from './find-letters.ts';
import { isOfKeyType } from '../fragments/key-types.ts';
import { ensureOwnCommunication } from './own-communication.ts';
import { toPage, withinBytes } from '../fragments/page-within-bytes.ts';

type NotificationRow = Omit<Notification, 'to'> & { recipient: string; request_digest: Buffer };

const columns = `id, service_id, key_type, reference, recipient, notification_type, status, template_id, template_version,
  template_name, provider, provider_reference, created_at, sent_at, completed_at, sent_by, spreadsheet_file_name,
  spreadsheet_row_number, upload_letter_file_name, callback_url, request_digest`;

// What hears nothing final within an hour is handed to Temporal, which wakes it 72 hours after its registration.
const registerStatement = `
  WITH made AS (
    INSERT INTO notifications (${columns}, sealed_callback_token)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, service_id
  ), awaited AS (
    INSERT INTO workflow_requests (workflow_id, workflow_type, argument, service_id, not_before, delay_until)
    SELECT 'timeout/' || id, 'timeOutNotification', jsonb_build_object('notificationId', id), service_id,
      now() + interval '1 hour', now() + interval '${timeoutHours} hours'
    FROM made WHERE $23
  )
  SELECT id FROM made`;

const overdueStatement = `
  SELECT ceil(greatest(0, extract(epoch FROM registered_at + make_interval(hours => $2) - now())))::float8
    AS seconds
  FROM notifications
  WHERE id = $1 AND final_sequence IS NULL`;

export function createNotificationStore(pool: Pool): NotificationStore {
  const findAny = async (id: string): Promise<NotificationRow | null> => {
    const { rows } = await pool.query<NotificationRow>({
      name: 'find-notification',
      text: `SELECT ${columns} FROM notifications WHERE id = $1`,
      values: [id],
    });
    return rows[0] ?? null;
  };

  return {
    async register({ notification: given, requestDigest, own, timesOut = false }) {
      if (own) await ensureOwnCommunication(pool, given.service_id, own.policy);
      const { rowCount } = await pool.query({
        name: 'register-notification',
        text: registerStatement,
        values: [
          given.id,
          given.service_id,
          given.key_type,
          given.reference,
          given.to,
          given.notification_type,
          given.status,
          given.template_id,
          given.template_version,
          given.template_name,
          given.provider,
          given.provider_reference,
          given.created_at,
          given.sent_at,
          given.completed_at,
          given.sent_by,
          given.spreadsheet_file_name,
          given.spreadsheet_row_number,
          given.upload_letter_file_name,
          given.callback_url,
          requestDigest,
          own?.sealedToken ?? null,
          timesOut,
        ],
      });
      if (rowCount === 1) return { stored: { notification: given, requestDigest }, wasCreated: true };
      const row = await findAny(given.id);
      if (!row) throw new Error('a notification was there and then was not');
      return {
        stored: { notification: toNotification(row), requestDigest: row.request_digest },
        wasCreated: false,
      };
    },

    async find(id) {
      const row = await findAny(id);
      return row && isShown(row) ? toNotification(row) : null;
    },

    async secondsUntilOverdue(id, hours) {
      const { rows } = await pool.query<{ seconds: number }>(overdueStatement, [id, hours]);
      return rows[0]?.seconds ?? null;
    },

    findLetters: createFindLetters(pool),

    async list(query) {
      const { text, values } = listStatement(query);
      const { rows } = await pool.query<NotificationRow & { page_rows: number; bytes_before: number }>(
        text,
        values,
      );
      const { items, nextCursor } = toPage<NotificationRow>(
        rows,
        query.limit,
        (last) => `${last.created_at}_${last.id}`,
      );
      return { items: items.map(toNotification), nextCursor };
    },
  };
}

/** Newest first; each filter that is given becomes one condition, so that the planner sees only those. */
function listStatement(query: Parameters<NotificationStore['list']>[0]): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const conditions = ["notification_type NOT IN ('inbound_sms', 'batch')"];
  const where = (condition: (placeholder: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  where((p) => `service_id = ${p}`, query.service_id);
  if (query.keyTypes) conditions.push(isOfKeyType(query.keyTypes));
  where((p) => `reference = ${p}`, query.reference);
  where((p) => `status = ${p}`, query.status);
  where((p) => `notification_type = ${p}`, query.notification_type);
  where((p) => `status = ANY (${p})`, query.statuses);
  where((p) => `notification_type = ANY (${p})`, query.types);
  where((p) => `created_at >= ${p}`, query.since);
  where((p) => `created_at < ${p}`, query.until);
  if (query.cursor !== undefined) {
    const [createdAt, id] = query.cursor.split('_');
    values.push(createdAt, id);
    conditions.push(`(created_at, id) < ($${values.length - 1}, $${values.length})`);
  }
  values.push(query.limit + 1);
  return {
    text: withinBytes(
      `SELECT ${columns} FROM notifications WHERE ${conditions.join(' AND ')} ORDER BY created_at DESC, id DESC LIMIT $${values.length}`,
      'created_at DESC, id DESC',
    ),
    values,
  };
}

// What stands for all that a number sends to a service, or for a batch, is no notification to anyone who asks for one.
function isShown({ notification_type: type }: { notification_type: string }): boolean {
  return type !== 'inbound_sms' && type !== 'batch';
}

function toNotification({ recipient, request_digest, ...row }: NotificationRow): Notification {
  return { ...row, to: recipient };
}
