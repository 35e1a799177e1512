// What acceptance asks of the database: two statements, whatever is accepted.
import { isCallbackOf, receiverOf } from './callback-of.ts';
import { destinationsOf } from './destinations.ts';
import { dispatchChannel } from './dispatch-signal.ts';
import { givenRows } from './given-rows.ts';
import { wokenBatches } from './wake-batches.ts';

export const loadStatement = `
  SELECT k.notification_id, k.event_id, n.service_id, n.key_type, s.profile, n.notification_type, n.template_id, n.last_sequence,
    n.final_sequence, n.sent_at, coalesce(t.event, c.event) AS event, c.id AS callback_id, c.filter,
    c.state = 'disabled' AS is_disabled, c.max_in_flight,
    ${receiverOf('c.id', 'c.event')} AS receiver_id, known.sequence AS known_sequence,
    CASE WHEN n.batch_id IS NOT NULL THEN ${destinationsOf('n.id')} END AS destinations
  FROM ${givenRows('$1::uuid[], $2::uuid[]', 'notification_id, event_id')} k
  JOIN notifications n ON n.id = k.notification_id
  JOIN services s ON s.id = n.service_id
  LEFT JOIN callbacks c ON ${isCallbackOf('c.event')}
  LEFT JOIN communication_callbacks t ON t.communication_id = c.id
  LEFT JOIN statuses known ON known.notification_id = k.notification_id AND known.event_id = k.event_id`;

// Of members whose last destination is processed with this, each counts once for its batch. The batches are locked in
// the order of their ids, after the notifications, so that no two groups wait for each other in a circle. The last member
// wakes its batch, and so does one that is only the last so far: whether more come is for the batch to find out.
const countProcessed = `finished AS (
    SELECT batch_id, count(*) AS count FROM moved WHERE is_final AND batch_id IS NOT NULL GROUP BY batch_id
  ), in_turn AS (
    SELECT b.batch_id FROM batch_progress b JOIN finished USING (batch_id) ORDER BY b.batch_id FOR NO KEY UPDATE OF b
  ), counted AS (
    UPDATE batch_progress b
    SET processed = b.processed + finished.count
    FROM in_turn
    JOIN finished USING (batch_id)
    WHERE b.batch_id = in_turn.batch_id
    RETURNING b.batch_id, b.processed
  ), ${wokenBatches('counted k JOIN batches b ON b.id = k.batch_id', 'k.processed >= b.members')}`;

// One statement is one transaction and one round trip. Only notifications that still stand where their snapshot saw
// them move; everything else hangs on that, so a plan is committed whole or not at all. They are locked in the order of
// their ids first: an UPDATE alone goes by its join's order, and two groups could then wait for each other in a circle.
// An inbound message whose id another one has fails the statement, whichever process was first.
// What is to be held locks its callback, so that it is either seen by whoever enables it or, if that came first, sent.
export const commitStatement = `
  WITH locked AS (
    SELECT p.*
    FROM ${givenRows(
      '$1::uuid[], $2::int[], $3::int[], $4::int[], $5::text[], $6::timestamptz[], $7::timestamptz[]',
      'id, from_sequence, to_sequence, final_sequence, status, completed_at, sent_at',
    )} p
    JOIN notifications n ON n.id = p.id AND n.last_sequence = p.from_sequence
    ORDER BY n.id
    FOR NO KEY UPDATE OF n
  ), moved AS (
    UPDATE notifications n
    SET last_sequence = p.to_sequence, final_sequence = p.final_sequence,
      status = coalesce(p.status, n.status),
      completed_at = CASE WHEN p.status IS NULL THEN n.completed_at ELSE p.completed_at END,
      sent_at = p.sent_at
    FROM locked p
    WHERE n.id = p.id AND n.last_sequence = p.from_sequence
    RETURNING n.id, n.service_id, n.key_type, n.batch_id, n.callback_url, p.final_sequence > p.from_sequence AS is_final
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
    INSERT INTO inbound_messages (id, service_id, key_type, notification_id, sequence, accepted_at)
    SELECT stored.event_id, moved.service_id, moved.key_type, stored.notification_id, stored.sequence, stored.accepted_at
    FROM stored
    JOIN moved ON moved.id = stored.notification_id
    WHERE stored.event = 'inbound_sms'
  ), heard AS (
    DELETE FROM workflow_requests
    WHERE workflow_id IN (SELECT 'timeout/' || id FROM moved WHERE is_final)
  ), told AS (
    UPDATE destinations d
    SET status = t.status, is_processed = t.is_processed
    FROM unnest($25::uuid[], $26::int[], $27::text[], $28::boolean[]) AS t (notification_id, place, status, is_processed)
    JOIN moved ON moved.id = t.notification_id
    WHERE d.notification_id = t.notification_id AND d.place = t.place
  ), ${countProcessed}, queued AS (
    INSERT INTO dispatch_entries (notification_id, sequence, callback_id, receiver_id, owner)
    SELECT notification_id, sequence, callback_id, receiver_id, CASE WHEN receiver_id <> ALL ($22::uuid[]) THEN $21::uuid END
    FROM (
      SELECT stored.*, ${receiverOf('stored.callback_id', 'stored.event')} AS receiver_id
      FROM stored JOIN moved n ON n.id = stored.notification_id
      WHERE stored.state = 'pending') pending
    RETURNING owner
  ), offered AS (
    SELECT pg_notify('${dispatchChannel}', '')
    FROM (SELECT FROM queued WHERE owner IS NULL UNION ALL SELECT FROM woken) AS work
    LIMIT 1
  )
  SELECT id FROM moved LEFT JOIN offered ON true`;
