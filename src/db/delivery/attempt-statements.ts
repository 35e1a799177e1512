// What an attempt leaves behind, as one statement each: the healthy one stays short, and a failure that stops its
// communication does so in the same transaction, or not at all.
import { dispatchChannel } from '../dispatch/dispatch-signal.ts';
import { parameterRows } from '../fragments/parameter-rows.ts';

const exchangeColumns = `url, started_at, duration_ms, outcome, response_status, response_headers, response_body,
      response_truncated, error`;

const attempt = `attempt AS (
    INSERT INTO attempts (notification_id, sequence, number, ${exchangeColumns})
    SELECT $1, $2,
      1 + (SELECT count(*) FROM attempts made WHERE made.notification_id = $1 AND made.sequence = $2),
      $3, $4, $5, $6, $7, $8, $9, $10, $11
  )`;

// A status that is finished keeps its state: a late echo of an attempt is recorded and changes nothing.
const finished = `UPDATE statuses
  SET state = $12, state_reason = $11, next_attempt_at = now() + make_interval(secs => $13)
  WHERE notification_id = $1 AND sequence = $2 AND state IN ('pending', 'retrying')`;

const failed = `UPDATE statuses
  SET state = 'failed', state_reason = $3, next_attempt_at = NULL
  WHERE notification_id = $1 AND sequence = $2 AND state IN ('pending', 'retrying')
  RETURNING 1`;

/**
 * Of all failures that come together, one finds the communication enabled: the others wait for its row and then see
 * that it was done. An attempt that began before the communication was enabled last says nothing against it.
 */
const disabled = (callback: string, reason: string, began: string): string => `decided AS (
    UPDATE callbacks
    SET state = 'disabled', disabled_at = now(), disabled_reason = ${reason}, last_change = 'disabled',
      changed_by = 'ringback', version = version + 1, updated_at = now()
    WHERE id = ${callback} AND state = 'enabled' AND removed_at IS NULL AND NOT is_own
      AND (enabled_at IS NULL OR enabled_at <= ${began}) AND EXISTS (SELECT FROM finished)
    RETURNING id, service_id, notification_list, version AS incident
  )`;

const warned = (callback: string): string => `decided AS (
    UPDATE callbacks
    SET warned_at = now()
    WHERE id = ${callback} AND state = 'enabled' AND removed_at IS NULL AND NOT is_own
      AND (warned_at IS NULL OR warned_at <= now() - interval '1 hour') AND EXISTS (SELECT FROM finished)
    RETURNING id, service_id, notification_list, extract(epoch FROM now())::integer AS incident
  )`;

/** The callback's own list counts, or else its service's; an address that stands there twice is mailed once. */
const mailed = (kind: 'disabled' | 'warning', workflowType: string, reason: string): string => `mailed AS (
    INSERT INTO mails (callback_id, kind, incident, address, notification_id, sequence, reason)
    SELECT DISTINCT ON (lower(address)) d.id, '${kind}', d.incident, address, $1::uuid, $2::integer, ${reason}::text
    FROM decided d
    JOIN services s ON s.id = d.service_id
    CROSS JOIN LATERAL unnest(
      CASE WHEN d.notification_list = '{}' THEN s.notification_list ELSE d.notification_list END) address
    ORDER BY lower(address)
    ON CONFLICT DO NOTHING
  ), requested AS (
    INSERT INTO workflow_requests (workflow_id, workflow_type, argument, service_id, communication_id)
    SELECT 'communication/' || id || '/${kind}/' || incident, '${workflowType}',
      jsonb_build_object('communicationId', id, 'incident', incident), service_id, id
    FROM decided
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  SELECT pg_notify('${dispatchChannel}', '') FROM requested`;

export const recordStatement = `WITH ${attempt} ${finished}`;

// Of what something of ours keeps from taking place, one row for all that come in a row: it may last for days.
export const recordOwnFailureStatement = `WITH repeated AS (
    UPDATE attempts a
    SET url = $3, started_at = $4, duration_ms = $5, error = $11, repeats = a.repeats + 1
    WHERE a.notification_id = $1 AND a.sequence = $2 AND a.outcome = $6 AND a.number = (
      SELECT max(last.number) FROM attempts last WHERE last.notification_id = $1 AND last.sequence = $2)
    RETURNING 1
  ), attempt AS (
    INSERT INTO attempts (notification_id, sequence, number, ${exchangeColumns})
    SELECT $1, $2,
      1 + (SELECT count(*) FROM attempts made WHERE made.notification_id = $1 AND made.sequence = $2),
      $3, $4, $5, $6, $7, $8, $9, $10, $11
    WHERE NOT EXISTS (SELECT FROM repeated)
  )
  ${finished}`;

// The same for one attempt each of many statuses. The statuses are locked and the attempts written in the order of their
// keys, so that no two groups wait for each other in a circle.
export const recordTogetherStatement = `
  WITH attempt AS (
    INSERT INTO attempts (notification_id, sequence, number, ${exchangeColumns})
    SELECT notification_id, sequence,
      1 + (SELECT count(*) FROM attempts made WHERE made.notification_id = a.notification_id AND made.sequence = a.sequence),
      ${exchangeColumns}
    FROM ${parameterRows(
      `$1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::int[], $6::text[], $7::int[], $8::jsonb[], $9::bytea[],
      $10::boolean[], $11::text[]`,
      `notification_id, sequence, ${exchangeColumns}`,
    )} a
    ORDER BY notification_id, sequence
  ), open AS (
    SELECT a.*
    FROM ${parameterRows(
      '$1::uuid[], $2::int[], $12::text[], $11::text[], $13::double precision[]',
      'notification_id, sequence, state, error, next_in_seconds',
    )} a
    JOIN statuses st ON st.notification_id = a.notification_id AND st.sequence = a.sequence
    WHERE st.state IN ('pending', 'retrying')
    ORDER BY a.notification_id, a.sequence
    FOR NO KEY UPDATE OF st
  )
  UPDATE statuses st
  SET state = open.state, state_reason = open.error, next_attempt_at = now() + make_interval(secs => open.next_in_seconds)
  FROM open
  WHERE st.notification_id = open.notification_id AND st.sequence = open.sequence`;

// An attempt's beginning is told from its length by the database's clock, which is the one that `enabled_at` is by.
export const recordAndDisableStatement = `WITH ${attempt},
  finished AS (${finished} RETURNING 1),
  ${disabled('$14', '$15', 'now() - make_interval(secs => $5::integer / 1000.0)')},
  ${mailed('disabled', 'disableCommunication', '$15')}`;

export const recordAndWarnStatement = `WITH ${attempt},
  finished AS (${finished} RETURNING 1),
  ${warned('$14')},
  ${mailed('warning', 'warnCommunication', '$15')}`;

export const failStatement = `WITH finished AS (${failed}),
  ${disabled('$4', '$3', 'now()')},
  ${mailed('disabled', 'disableCommunication', '$3')}`;
