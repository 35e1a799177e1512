import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { RetryPolicy } from '../domain/retry-policy.ts';

// A write only where the service's settings have changed since the last such notification.
const copied = `attempts, interval_seconds, timeout_seconds, filter, max_in_flight, rate_per_second, signing_enabled,
  sealed_signing_secrets, signing_secrets_made_at`;
const names = copied.split(',').map((name) => name.trim());
const of = (row: string): string => names.map((name) => `${row}.${name}`).join(', ');

const given = `SELECT coalesce(c.attempts, $3) AS attempts, coalesce(c.interval_seconds, $4) AS interval_seconds,
    coalesce(c.timeout_seconds, $5) AS timeout_seconds, coalesce(c.filter, '{}') AS filter,
    coalesce(c.max_in_flight, 16) AS max_in_flight, c.rate_per_second, coalesce(c.signing_enabled, false) AS signing_enabled,
    coalesce(c.sealed_signing_secrets, '{}') AS sealed_signing_secrets,
    coalesce(c.signing_secrets_made_at, '{}') AS signing_secrets_made_at
  FROM (SELECT) AS always
  LEFT JOIN callbacks c
    ON c.owner_id = $2 AND c.event = 'delivery_status' AND c.removed_at IS NULL AND NOT c.is_own`;

// ON CONFLICT locks the row that it meets even when nothing is to be changed, and every notification with a URL of its own
// comes by here. So the row is read first, which waits for nobody, and written only when it has to be.
const ensureStatement = `
  WITH given AS (${given})
  INSERT INTO callbacks AS own (id, service_id, event, url, is_own, ${copied})
  SELECT $1, $2, 'delivery_status', '', true, ${of('given')}
  FROM given
  WHERE NOT EXISTS (
    SELECT FROM callbacks own
    WHERE own.owner_id = $2 AND own.event = 'delivery_status' AND own.removed_at IS NULL AND own.is_own
      AND (${of('own')}) IS NOT DISTINCT FROM (${of('given')}))
  ON CONFLICT (owner_id, event, is_own) WHERE removed_at IS NULL DO UPDATE
  SET (${copied}) = ROW (${of('excluded')}), version = own.version + 1, updated_at = now()
  WHERE (${of('own')}) IS DISTINCT FROM (${of('excluded')})`;

/**
 * Sees to it that there is something that what goes to notifications' own URLs belongs to, with the settings that the
 * service's callback has, or else the given policy.
 */
export async function ensureOwnCommunication(
  pool: Pool,
  serviceId: string,
  policy: RetryPolicy,
): Promise<void> {
  await pool.query(ensureStatement, [
    uuidv7(),
    serviceId,
    policy.attempts,
    policy.intervalSeconds,
    policy.timeoutSeconds,
  ]);
}
