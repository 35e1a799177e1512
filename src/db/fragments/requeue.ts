import { receiverOf } from './callback-join.ts';
import { dispatchChannel } from '../dispatch/dispatch-signal.ts';

/**
 * Two parts of a WITH that queue what is open again in `source`, for any process, and offer it. What still stands in the
 * queue because it was told of a moment ago begins another generation, so that forgetting the earlier one leaves it.
 */
export function requeue(source: string): string {
  return `queued AS (
    INSERT INTO dispatch_entries (notification_id, sequence, callback_id, receiver_id)
    SELECT s.notification_id, s.sequence, s.callback_id, ${receiverOf('s.callback_id', 's.event')}
    FROM ${source} s
    JOIN notifications n ON n.id = s.notification_id
    ON CONFLICT (notification_id, sequence) DO UPDATE SET generation = dispatch_entries.generation + 1, owner = NULL
    RETURNING 1
  ), offered AS (
    SELECT pg_notify('${dispatchChannel}', '') FROM queued LIMIT 1
  )`;
}
