import type { Pool } from 'pg';
import type { SetAsideRequest } from '../domain/workflow-request.schema.ts';
import type { SetAsideRequests } from '../ports/index.ts';
import { dispatchChannel } from './dispatch-signal.ts';

const columns = `set_aside_id AS id, workflow_id, workflow_type, service_id, communication_id, tries, last_error AS error,
  created_at, set_aside_at`;

const retryStatement = `
  WITH found AS (
    SELECT ${columns} FROM workflow_requests
    WHERE set_aside_id = $1 AND set_aside_at IS NOT NULL
    FOR UPDATE
  ), retried AS (
    UPDATE workflow_requests r
    SET tries = 0, not_before = clock_timestamp(), set_aside_at = NULL, set_aside_id = NULL
    FROM found
    WHERE r.workflow_id = found.workflow_id
    RETURNING pg_notify('${dispatchChannel}', '')
  )
  SELECT found.* FROM found, retried`;

export function createSetAsideRequests(pool: Pool): SetAsideRequests {
  return {
    async list({ limit, cursor }) {
      // The ids are UUIDv7: their order is that in which they were set aside.
      const { rows } = await pool.query<SetAsideRequest>(
        `SELECT ${columns} FROM workflow_requests
         WHERE set_aside_at IS NOT NULL AND ($1::uuid IS NULL OR set_aside_id < $1)
         ORDER BY set_aside_id DESC LIMIT $2`,
        [cursor ?? null, limit + 1],
      );
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async retry(id) {
      const { rows } = await pool.query<SetAsideRequest>(retryStatement, [id]);
      return rows[0] ?? null;
    },

    async count() {
      const { rows } = await pool.query<{ count: number }>(
        'SELECT count(*) FROM workflow_requests WHERE set_aside_at IS NOT NULL',
      );
      return rows[0]?.count ?? 0;
    },
  };
}
