import type { Pool } from 'pg';
import type { StoredState } from '../domain/callback-state.ts';
import type { Redeliveries } from '../ports/index.ts';
import { isCallbackOf } from './callback-of.ts';
import { isCounted } from './counted-attempts.ts';
import { queuedAgain } from './queued-again.ts';

// As a drain does it: the status is open again with all its tries, and any process may tell its workflow.
const redeliverStatement = `
  WITH target AS (
    SELECT st.notification_id, st.sequence, st.state, c.id AS callback_id
    FROM statuses st
    JOIN notifications n ON n.id = st.notification_id
    LEFT JOIN callbacks c ON ${isCallbackOf('st.event')}
    WHERE st.notification_id = $1 AND st.event_id = $2
    FOR UPDATE OF st
  ), reopened AS (
    UPDATE statuses st
    SET state = 'pending', state_reason = NULL, next_attempt_at = NULL, callback_id = target.callback_id,
      attempts_before = (
        SELECT count(*) FROM attempts a
        WHERE a.notification_id = st.notification_id AND a.sequence = st.sequence AND ${isCounted})
    FROM target
    WHERE st.notification_id = target.notification_id AND st.sequence = target.sequence
      AND target.state IN ('delivered', 'failed') AND target.callback_id IS NOT NULL
    RETURNING st.notification_id, st.sequence, st.callback_id, st.event
  ), ${queuedAgain('reopened')}
  SELECT target.sequence, target.state, target.callback_id IS NOT NULL AS has_callback
  FROM target
  LEFT JOIN offered ON true`;

export function createRedeliveries(pool: Pool): Redeliveries {
  return {
    async redeliver(notificationId, eventId) {
      const { rows } = await pool.query<{ sequence: number; state: StoredState; has_callback: boolean }>(
        redeliverStatement,
        [notificationId, eventId],
      );
      const [row] = rows;
      return row ? { sequence: row.sequence, was: row.state, hasCallback: row.has_callback } : null;
    },
  };
}
