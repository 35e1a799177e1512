// A callback as attempts need it: where it leads, under which policy, and what proves us to the receiver.
import type { Pool } from 'pg';
import type { CallbackAuth } from '../domain/callback.schema.ts';
import type { StoredCallback, StoredCallbacks } from '../ports/index.ts';
import {
  sealedCredentialsColumns,
  toSealedCredentials,
  type SealedCredentialsRow,
} from './sealed-credentials.ts';

export type StoredCallbackRow = SealedCredentialsRow & {
  callback_id: string;
  receiver_id: string;
  url: string;
  auth_type: CallbackAuth['type'];
  sealed_auth: Buffer | null;
  attempts: number;
  interval_seconds: number;
  timeout_seconds: number;
  is_disabled: boolean;
  warn_after_attempts: number | null;
  max_in_flight: number;
  rate_per_second: number | null;
};

// Of `callbacks c`, beside a status `st`.
export const storedCallbackColumns = `${sealedCredentialsColumns}, c.id AS callback_id, c.url, c.auth_type, c.sealed_auth,
    c.attempts, c.interval_seconds, c.timeout_seconds, c.state = 'disabled' AS is_disabled, c.warn_after_attempts,
    c.max_in_flight, c.rate_per_second`;

const findStatement = `
  SELECT s.profile, ${storedCallbackColumns}, c.id AS receiver_id
  FROM callbacks c
  JOIN services s ON s.id = c.service_id
  CROSS JOIN (SELECT gen_random_uuid() AS notification_id, 1 AS sequence) st
  WHERE c.owner_id = $1 AND c.event = $2 AND NOT c.is_own AND c.removed_at IS NULL`;

export function createStoredCallbacks(pool: Pool): StoredCallbacks {
  return {
    async find(serviceId, event) {
      const { rows } = await pool.query<StoredCallbackRow & { profile: string }>(findStatement, [
        serviceId,
        event,
      ]);
      return rows[0] ? { profile: rows[0].profile, callback: toStoredCallback(rows[0]) } : null;
    },
  };
}

export function toStoredCallback(row: StoredCallbackRow): StoredCallback {
  return {
    id: row.callback_id,
    receiverId: row.receiver_id,
    ...toSealedCredentials(row),
    url: row.url,
    authType: row.auth_type,
    sealedAuth: row.sealed_auth,
    policy: {
      attempts: row.attempts,
      intervalSeconds: row.interval_seconds,
      timeoutSeconds: row.timeout_seconds,
    },
    isDisabled: row.is_disabled,
    warnAfterAttempts: row.warn_after_attempts,
    maxInFlight: row.max_in_flight,
    ratePerSecond: row.rate_per_second,
  };
}
