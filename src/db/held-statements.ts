// Into the list of what is held and out of it. A status is held only under a lock that keeps its communication disabled,
// so whoever enables it either sees the status in the list or keeps it from getting there.
import { isCallbackOf } from './callback-of.ts';
import { isCounted } from './counted-attempts.ts';

export const holdStatement = `
  WITH communication AS (
    SELECT c.id
    FROM callbacks c
    JOIN notifications n ON n.service_id = c.service_id
    WHERE n.id = $1 AND c.state = 'disabled'
      AND ${isCallbackOf('(SELECT event FROM statuses WHERE notification_id = $1 AND sequence = $2)')}
    FOR SHARE OF c
  ), held AS (
    UPDATE statuses
    SET state = 'held', state_reason = $3, next_attempt_at = NULL, callback_id = communication.id
    FROM communication
    WHERE notification_id = $1 AND sequence = $2 AND state IN ('pending', 'retrying')
    RETURNING notification_id, sequence, callback_id
  )
  INSERT INTO held_statuses (notification_id, sequence, callback_id)
  SELECT notification_id, sequence, callback_id FROM held`;

/** Takes what is `due` (notification_id, sequence; locked) out of the list and opens it again, with all its tries. */
export const releaseDue = `released AS (
    UPDATE statuses st
    SET state = 'pending', state_reason = NULL, attempts_before = (
      SELECT count(*) FROM attempts a
      WHERE a.notification_id = st.notification_id AND a.sequence = st.sequence AND ${isCounted})
    FROM due
    WHERE st.notification_id = due.notification_id AND st.sequence = due.sequence AND st.state = 'held'
    RETURNING st.notification_id, st.sequence, st.callback_id, st.event
  ), taken AS (
    DELETE FROM held_statuses h
    USING due
    WHERE h.notification_id = due.notification_id AND h.sequence = due.sequence
  )`;

// The workflow that asks has them in hand, so they need no place in the dispatch queue.
export const releaseEarlierStatement = `
  WITH due AS (
    SELECT h.notification_id, h.sequence
    FROM held_statuses h
    JOIN callbacks c ON c.id = h.callback_id AND c.state = 'enabled' AND c.removed_at IS NULL
    WHERE h.notification_id = $1 AND h.sequence < $2
    ORDER BY h.sequence
    FOR UPDATE OF h
  ), ${releaseDue}
  UPDATE drains SET released = drains.released + own.count
  FROM (SELECT callback_id, count(*) AS count FROM released GROUP BY callback_id) own
  WHERE drains.callback_id = own.callback_id AND drains.state = 'running'`;
