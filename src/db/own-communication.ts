import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { RetryPolicy } from '../domain/retry-policy.ts';

// A write only where the service's settings have changed since the last such notification.
const copied = `attempts, interval_seconds, timeout_seconds, filter, max_in_flight, rate_per_second, signing_enabled,
  sealed_signing_secrets, signing_secrets_made_at`;
const names = copied.split(',').map((name) => name.trim());
const of = (row: string): string => names.map((name) => `${row}.${name}`).join(', ');

const ensureStatement = `
  INSERT INTO callbacks AS own (id, service_id, event, url, is_own, ${copied})
  SELECT $1, $2, 'delivery_status', '', true, coalesce(c.attempts, $3), coalesce(c.interval_seconds, $4),
    coalesce(c.timeout_seconds, $5), coalesce(c.filter, '{}'), coalesce(c.max_in_flight, 16), c.rate_per_second,
    coalesce(c.signing_enabled, false), coalesce(c.sealed_signing_secrets, '{}'),
    coalesce(c.signing_secrets_made_at, '{}')
  FROM (SELECT) AS always
  LEFT JOIN callbacks c
    ON c.owner_id = $2 AND c.event = 'delivery_status' AND c.removed_at IS NULL AND NOT c.is_own
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
