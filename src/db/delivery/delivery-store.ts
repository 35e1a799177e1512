import type { Pool } from 'pg';
import { heldReason } from '../../domain/callbacks/callback-state.ts';
import type { DeliveryStore } from '../../ports/index.ts';
import { failStatement } from './attempt-statements.ts';
import { holdStatement, releaseEarlierStatement } from '../fragments/held-statements.ts';
import { createLoadDelivery } from './load-delivery.ts';
import { createRecordAttempt } from './record-attempt.ts';

export function createDeliveryStore(pool: Pool): DeliveryStore {
  return {
    load: createLoadDelivery(pool),

    record: createRecordAttempt(pool),

    async fail(notificationId, sequence, { callbackId, reason }) {
      await pool.query(failStatement, [notificationId, sequence, reason, callbackId]);
    },

    async end(notificationId, sequence, { state, reason }) {
      await pool.query(
        `UPDATE statuses
         SET state = $4, state_reason = $3, next_attempt_at = NULL
         WHERE notification_id = $1 AND sequence = $2 AND state IN ('pending', 'retrying')`,
        [notificationId, sequence, reason, state],
      );
    },

    async hold(notificationId, sequence) {
      const { rowCount } = await pool.query(holdStatement, [notificationId, sequence, heldReason]);
      return rowCount === 1;
    },

    async releaseEarlier(notificationId, sequence) {
      await pool.query(releaseEarlierStatement, [notificationId, sequence]);
    },
  };
}
