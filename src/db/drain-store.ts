import type { Pool } from 'pg';
import type { Drain } from '../domain/drain.schema.ts';
import type { DrainStore } from '../ports/index.ts';
import { queuedAgain } from './queued-again.ts';
import { releaseDue } from './held-statements.ts';

const columns =
  'd.id, d.callback_id, d.state, d.held, d.released, d.rate_per_second, d.started_at, d.finished_at';

// As many as a second at its rate, at most, and then no more before that second is over: `paced_until` lies as far ahead
// as the releases so far have used up the rate.
const allowed = `greatest(0, ceil(greatest(1, d.rate_per_second))
    - ceil(greatest(0, extract(epoch FROM d.paced_until - now())) * d.rate_per_second))::integer`;

// The longest held first. Where a batch ends in the middle of a notification, its attempts find the earlier ones anyway.
const releaseStatement = `
  WITH drain AS (
    SELECT d.id, d.callback_id, least($2, ${allowed}) AS allowed
    FROM drains d
    JOIN callbacks c ON c.id = d.callback_id
    WHERE d.id = $1 AND d.state = 'running' AND c.state = 'enabled' AND c.removed_at IS NULL
    FOR UPDATE OF d
  ), due AS (
    SELECT h.notification_id, h.sequence
    FROM held_statuses h
    JOIN drain ON drain.callback_id = h.callback_id
    ORDER BY h.held_at, h.notification_id, h.sequence
    LIMIT (SELECT allowed FROM drain)
    FOR UPDATE OF h
  ), ${releaseDue}, ${queuedAgain('released')}
  UPDATE drains d
  SET released = d.released + (SELECT count(*) FROM released),
    paced_until = greatest(d.paced_until, now())
      + make_interval(secs => (SELECT count(*) FROM released) / d.rate_per_second),
    state = CASE WHEN (SELECT count(*) FROM due) < drain.allowed THEN 'done' ELSE d.state END,
    finished_at = CASE WHEN (SELECT count(*) FROM due) < drain.allowed THEN now() END
  FROM drain
  LEFT JOIN offered ON true
  WHERE d.id = drain.id
  RETURNING ${columns}`;

const interruptStatement = `
  UPDATE drains d
  SET state = 'interrupted', finished_at = now()
  WHERE id = $1 AND state = 'running'
    AND NOT EXISTS (
      SELECT FROM callbacks c WHERE c.id = d.callback_id AND c.state = 'enabled' AND c.removed_at IS NULL)`;

export function createDrainStore(pool: Pool): DrainStore {
  const find: DrainStore['find'] = async (id) => {
    const { rows } = await pool.query<Drain & { service_id: string }>(
      `SELECT ${columns}, c.service_id FROM drains d JOIN callbacks c ON c.id = d.callback_id WHERE d.id = $1`,
      [id],
    );
    const [row] = rows;
    if (!row) return null;
    const { service_id: serviceId, ...drain } = row;
    return { drain, serviceId };
  };

  return {
    find,

    async cancel(id) {
      await pool.query(
        `UPDATE drains SET state = 'cancelled', finished_at = now() WHERE id = $1 AND state = 'running'`,
        [id],
      );
    },

    async release(id, limit) {
      const { rows } = await pool.query<Drain>(releaseStatement, [id, limit]);
      if (rows[0]) return rows[0];
      await pool.query(interruptStatement, [id]);
      return (await find(id))?.drain ?? null;
    },
  };
}
