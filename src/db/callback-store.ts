import type { Pool } from 'pg';
import {
  CallbackFilter,
  type Callback,
  type CallbackAuth,
  type CallbackEvent,
} from '../domain/callback.schema.ts';
import type { Instant } from '../domain/instant.ts';
import type { CallbackStore } from '../ports.ts';

type CallbackRow = {
  id: string;
  event: CallbackEvent;
  url: string;
  auth_type: CallbackAuth['type'];
  attempts: number;
  interval_seconds: number;
  timeout_seconds: number;
  filter: unknown;
  notification_list: string[];
  state: Callback['state'];
  disabled_at: Instant | null;
  disabled_reason: string | null;
  version: number;
  created_at: Instant;
  updated_at: Instant;
};

const columns = `id, event, url, auth_type, attempts, interval_seconds, timeout_seconds, filter, notification_list,
  state, disabled_at, disabled_reason, version, created_at, updated_at`;

export function createCallbackStore(pool: Pool): CallbackStore {
  return {
    async put(newId, serviceId, event, { url, auth, policy, filter, notificationList }) {
      // `$12` says whether a credential was given; without one the stored one stays.
      const { rows } = await pool.query<CallbackRow & { was_created: boolean }>(
        `INSERT INTO callbacks AS c (id, service_id, event, url, auth_type, sealed_auth, attempts, interval_seconds,
           timeout_seconds, filter, notification_list)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (service_id, event) WHERE removed_at IS NULL DO UPDATE
         SET url = excluded.url,
             auth_type = CASE WHEN $12 THEN excluded.auth_type ELSE c.auth_type END,
             sealed_auth = CASE WHEN $12 THEN excluded.sealed_auth ELSE c.sealed_auth END,
             attempts = excluded.attempts,
             interval_seconds = excluded.interval_seconds,
             timeout_seconds = excluded.timeout_seconds,
             filter = excluded.filter,
             notification_list = excluded.notification_list,
             version = c.version + 1,
             updated_at = now()
         RETURNING ${columns}, version = 1 AS was_created`,
        [
          newId,
          serviceId,
          event,
          url,
          auth?.type ?? 'none',
          auth && auth.type !== 'none' ? auth.sealed : null,
          policy.attempts,
          policy.intervalSeconds,
          policy.timeoutSeconds,
          JSON.stringify(filter),
          notificationList,
          auth !== null,
        ],
      );
      const [row] = rows;
      if (!row) throw new Error('the callback was neither inserted nor updated');
      return { callback: toCallback(row), wasCreated: row.was_created };
    },

    async find(serviceId, event) {
      const { rows } = await pool.query<CallbackRow>(
        `SELECT ${columns} FROM callbacks WHERE service_id = $1 AND event = $2 AND removed_at IS NULL`,
        [serviceId, event],
      );
      return rows[0] ? toCallback(rows[0]) : null;
    },

    async remove(serviceId, event) {
      const { rowCount } = await pool.query(
        `UPDATE callbacks
         SET removed_at = now(), auth_type = 'none', sealed_auth = NULL
         WHERE service_id = $1 AND event = $2 AND removed_at IS NULL`,
        [serviceId, event],
      );
      return rowCount === 1;
    },
  };
}

function toCallback(row: CallbackRow): Callback {
  return {
    id: row.id,
    event: row.event,
    url: row.url,
    auth: { type: row.auth_type },
    has_bearer_token: row.auth_type === 'bearer',
    policy: {
      attempts: row.attempts,
      interval_seconds: row.interval_seconds,
      timeout_seconds: row.timeout_seconds,
    },
    filter: CallbackFilter.parse(row.filter),
    notification_list: row.notification_list,
    state: row.state,
    disabled_at: row.disabled_at,
    disabled_reason: row.disabled_reason,
    held: 0,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
