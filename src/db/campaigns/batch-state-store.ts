// What the workflow of a batch asks and notes.
import type { Pool } from 'pg';
import type { BatchState, BatchStore } from '../../ports/index.ts';
import { wakeBatches } from '../fragments/wake-batches.ts';

type StateRow = {
  service_id: string;
  communication_id: string;
  is_disabled: boolean;
  members: number;
  started: number;
  processed: number;
  is_closed: boolean;
  is_complete: boolean;
  tells_when_sent: boolean;
};

const stateStatement = `
  SELECT c.service_id, b.communication_id, c.state = 'disabled' AS is_disabled, b.members, b.started, p.processed,
    b.closed_at IS NOT NULL AS is_closed, b.completed_at IS NOT NULL AS is_complete,
    EXISTS (
      SELECT FROM communication_callbacks t WHERE t.communication_id = c.id AND t.event = 'message_sent'
    ) AS tells_when_sent
  FROM batches b
  JOIN callbacks c ON c.id = b.communication_id
  JOIN batch_progress p ON p.batch_id = b.id
  WHERE b.id = $1`;

const nextToStartStatement = `
  SELECT least(b.started + $2, b.members) AS up_to, (
    SELECT coalesce(array_agg(n.id ORDER BY n.place), '{}')
    FROM notifications n
    WHERE n.batch_id = b.id AND n.place >= b.started AND n.place < b.started + $2 AND n.final_sequence IS NULL) AS ids
  FROM batches b
  WHERE b.id = $1`;

const completableStatement = `
  SELECT b.id, b.closed_at IS NOT NULL AND p.processed >= b.members AS is_ready
  FROM batches b
  JOIN batch_progress p ON p.batch_id = b.id
  WHERE b.communication_id = $1 AND b.completed_at IS NULL
  ORDER BY b.id`;

// What is processed needs no start any more.
const completeStatement = `
  WITH completed AS (
    UPDATE batches SET completed_at = now(), started = members WHERE id = ANY ($1) AND completed_at IS NULL RETURNING id
  ), ${wakeBatches('b.id IN (SELECT id FROM completed)')}`;

export function createBatchStateStore(
  pool: Pool,
): Pick<BatchStore, 'state' | 'nextToStart' | 'started' | 'completable' | 'complete'> {
  return {
    async state(id) {
      const { rows } = await pool.query<StateRow>(stateStatement, [id]);
      return rows[0] ? toState(rows[0]) : null;
    },

    async nextToStart(id, limit) {
      const { rows } = await pool.query<{ up_to: number; ids: string[] }>(nextToStartStatement, [id, limit]);
      return { ids: rows[0]?.ids ?? [], upTo: rows[0]?.up_to ?? 0 };
    },

    async started(id, upTo) {
      await pool.query('UPDATE batches SET started = greatest(started, $2) WHERE id = $1', [id, upTo]);
    },

    async completable(communicationId) {
      const { rows } = await pool.query<{ id: string; is_ready: boolean }>(completableStatement, [
        communicationId,
      ]);
      return rows.every(({ is_ready: isReady }) => isReady) ? rows.map(({ id }) => id) : [];
    },

    async complete(ids) {
      await pool.query(completeStatement, [ids]);
    },
  };
}

function toState(row: StateRow): BatchState {
  return {
    serviceId: row.service_id,
    communicationId: row.communication_id,
    isDisabled: row.is_disabled,
    members: row.members,
    started: row.started,
    processed: row.processed,
    isClosed: row.is_closed,
    isComplete: row.is_complete,
    reportsWhenSent: row.tells_when_sent,
  };
}
