import type { Pool, PoolClient } from 'pg';
import { CallbackVersion } from '../domain/callback-version.schema.ts';
import { describeVersion, type StoredVersion } from '../domain/callback-versions.ts';
import type { CommunicationStore } from '../ports/index.ts';
import { dispatchChannel } from './dispatch-signal.ts';
import { withinBytes } from './page-within-bytes.ts';
import { inTransaction } from './pool.ts';
import { wakeBatches } from './wake-batches.ts';

/** Gentle to a receiver that has just come back, and still 180,000 an hour. */
const defaultDrainRate = 50;

const lockStatement = `
  SELECT id, service_id, rate_per_second FROM callbacks
  WHERE owner_id = $1 AND event = $2 AND NOT is_own AND removed_at IS NULL
  FOR NO KEY UPDATE`;

const enableStatement = `
  UPDATE callbacks
  SET state = 'enabled', disabled_at = NULL, disabled_reason = NULL, enabled_at = clock_timestamp(), warned_at = NULL,
    last_change = 'enabled', changed_by = 'operator', version = version + 1, updated_at = now()
  WHERE id = $1 AND state = 'disabled'`;

// Batches of a Dispatch communication that have waited for this.
const wakeWaitingStatement = `WITH ${wakeBatches('b.communication_id = $1 AND b.started < b.members')}`;

const insertDrainStatement = `
  WITH drain AS (
    INSERT INTO drains (id, callback_id, held, rate_per_second, state, finished_at)
    VALUES ($1, $2, $3, $4, CASE WHEN $3 > 0 THEN 'running' ELSE 'done' END, CASE WHEN $3 > 0 THEN NULL ELSE now() END)
    RETURNING id, callback_id, rate_per_second, state
  ), requested AS (
    INSERT INTO workflow_requests (workflow_id, workflow_type, argument, service_id, communication_id)
    SELECT 'drain/' || id, 'drainHeld', jsonb_build_object('drainId', id, 'ratePerSecond', rate_per_second), $5, callback_id
    FROM drain WHERE state = 'running'
    RETURNING 1
  )
  SELECT pg_notify('${dispatchChannel}', '') FROM requested`;

type LockedRow = { id: string; service_id: string; rate_per_second: number | null };
type VersionRow = {
  version: number;
  change: StoredVersion['change'];
  changed_by: StoredVersion['changedBy'];
  changed_at: string;
  shown: StoredVersion['shown'];
};

const versionsStatement = withinBytes(
  `SELECT v.version, v.change, v.changed_by, v.changed_at, v.shown
   FROM callback_versions v
   JOIN callbacks c ON c.id = v.callback_id
   WHERE c.owner_id = $1 AND c.event = $2 AND NOT c.is_own AND c.removed_at IS NULL AND ($3::integer IS NULL OR v.version < $3)
   ORDER BY v.version DESC
   LIMIT $4`,
  'version DESC',
);

export function createCommunicationStore(pool: Pool): CommunicationStore {
  return {
    async disable(ownerId, event, reason) {
      await pool.query(
        `UPDATE callbacks
         SET state = 'disabled', disabled_at = now(), disabled_reason = $3, last_change = 'disabled',
           changed_by = 'operator', version = version + 1, updated_at = now()
         WHERE owner_id = $1 AND event = $2 AND NOT is_own AND removed_at IS NULL AND state = 'enabled'`,
        [ownerId, event, reason],
      );
    },

    enable: (ownerId, event, { newId, ratePerSecond }) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<LockedRow>(lockStatement, [ownerId, event]);
        const [callback] = rows;
        if (!callback) return null;
        await client.query(enableStatement, [callback.id]);
        await client.query(wakeWaitingStatement, [callback.id]);
        const held = await countHeld(client, callback.id);
        const running = await growRunningDrain(client, callback.id, held);
        if (running !== null) return { drainId: running, held };
        const rate = ratePerSecond ?? callback.rate_per_second ?? defaultDrainRate;
        await client.query(insertDrainStatement, [newId, callback.id, held, rate, callback.service_id]);
        return { drainId: newId, held };
      }),

    async versions(serviceId, event, { limit, cursor }) {
      const { rows } = await pool.query<VersionRow & { page_rows: number; bytes_before: number }>(
        versionsStatement,
        [serviceId, event, cursor ?? null, limit + 1],
      );
      const stored = rows.map(toStoredVersion);
      // What changed is told by the version before, so where that did not fit the last waits for it as well.
      const isCut = (rows[0]?.page_rows ?? 0) > rows.length;
      const items = stored
        .slice(0, isCut ? Math.max(1, rows.length - 1) : limit)
        .map((version, index) => CallbackVersion.parse(describeVersion(version, stored[index + 1] ?? null)));
      const last = items.at(-1);
      const hasMore = last !== undefined && (rows[0]?.page_rows ?? 0) > items.length;
      return { items, nextCursor: hasMore ? String(last.version) : null };
    },
  };
}

// Whoever holds a status has the callback's row locked, so under its lock this count is the whole of it.
async function countHeld(client: PoolClient, callbackId: string): Promise<number> {
  const { rows } = await client.query<{ held: number }>(
    'SELECT count(*) AS held FROM held_statuses WHERE callback_id = $1',
    [callbackId],
  );
  return rows[0]?.held ?? 0;
}

/** The drain that is under way, if there is one; what was held since it began is its own to release as well. */
async function growRunningDrain(
  client: PoolClient,
  callbackId: string,
  held: number,
): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `UPDATE drains SET held = released + $2 WHERE callback_id = $1 AND state = 'running' RETURNING id`,
    [callbackId, held],
  );
  return rows[0]?.id ?? null;
}

function toStoredVersion(row: VersionRow): StoredVersion {
  return {
    version: row.version,
    change: row.change,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    shown: row.shown,
  };
}
