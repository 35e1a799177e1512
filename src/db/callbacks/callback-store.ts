import type { Pool } from 'pg';
import { CallbackFilter, type Callback, type CallbackEvent } from '../../domain/callbacks/callback.schema.ts';
import { ShownAuth, ShownClientCertificate } from '../../domain/access/credential.schema.ts';
import type { Instant } from '../../domain/instant.ts';
import type { CallbackSettings } from '../../domain/callbacks/callback-settings.ts';
import type { CallbackStore } from '../../ports/index.ts';
import { inTransaction } from '../postgres/pool.ts';

type CallbackRow = {
  id: string;
  event: CallbackEvent;
  url: string;
  auth_type: ShownAuth['type'];
  auth_shown: Omit<ShownAuth, 'type'>;
  client_certificate_shown: unknown;
  signing_enabled: boolean;
  attempts: number;
  interval_seconds: number;
  timeout_seconds: number;
  filter: unknown;
  notification_list: string[];
  warn_after_attempts: number | null;
  max_in_flight: number;
  rate_per_second: number | null;
  held: number;
  state: Callback['state'];
  disabled_at: Instant | null;
  disabled_reason: string | null;
  version: number;
  created_at: Instant;
  updated_at: Instant;
};

// Of `callbacks AS c`.
const columns = `id, event, url, auth_type, auth_shown, client_certificate_shown, signing_enabled, attempts,
  interval_seconds, timeout_seconds, filter, notification_list, warn_after_attempts, max_in_flight, rate_per_second,
  state, disabled_at, disabled_reason, version, created_at, updated_at,
  (SELECT count(*) FROM held_statuses h WHERE h.callback_id = c.id) AS held`;

// $11 says whether a credential was given, and $12 which version has the very same one: a token that is given again
// must not push out the one before it. $17 is null where nothing is said about signing.
const isNewAuth = '($11 AND c.version IS DISTINCT FROM $12)';
const isFirstSecret = '($17 AND cardinality(c.sealed_signing_secrets) = 0)';
const putStatement = `
  INSERT INTO callbacks AS c (id, service_id, event, url, attempts, interval_seconds, timeout_seconds, filter,
    notification_list, auth_type, sealed_auth, auth_shown, auth_changed_at, sealed_client_certificate,
    client_certificate_shown, signing_enabled, sealed_signing_secrets, signing_secrets_made_at,
    warn_after_attempts, max_in_flight, rate_per_second)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $13, $14, now(), $15, $16, coalesce($17, false),
    CASE WHEN $17 THEN ARRAY[$18::bytea] ELSE '{}' END, CASE WHEN $17 THEN ARRAY[now()] ELSE '{}' END, $20, $21, $22)
  ON CONFLICT (owner_id, event, is_own) WHERE removed_at IS NULL DO UPDATE
  SET url = excluded.url,
      attempts = excluded.attempts,
      interval_seconds = excluded.interval_seconds,
      timeout_seconds = excluded.timeout_seconds,
      filter = excluded.filter,
      notification_list = excluded.notification_list,
      warn_after_attempts = excluded.warn_after_attempts,
      max_in_flight = excluded.max_in_flight,
      rate_per_second = excluded.rate_per_second,
      auth_type = CASE WHEN ${isNewAuth} THEN excluded.auth_type ELSE c.auth_type END,
      sealed_auth = CASE WHEN ${isNewAuth} THEN excluded.sealed_auth ELSE c.sealed_auth END,
      auth_shown = CASE WHEN ${isNewAuth} THEN excluded.auth_shown ELSE c.auth_shown END,
      auth_changed_at = CASE WHEN ${isNewAuth} THEN now() ELSE c.auth_changed_at END,
      sealed_previous_auth = CASE
        WHEN NOT ${isNewAuth} THEN c.sealed_previous_auth
        WHEN c.auth_type = 'bearer' AND excluded.auth_type = 'bearer' THEN c.sealed_auth END,
      sealed_client_certificate =
        CASE WHEN $19 THEN excluded.sealed_client_certificate ELSE c.sealed_client_certificate END,
      client_certificate_shown =
        CASE WHEN $19 THEN excluded.client_certificate_shown ELSE c.client_certificate_shown END,
      signing_enabled = coalesce($17, c.signing_enabled),
      sealed_signing_secrets =
        CASE WHEN ${isFirstSecret} THEN excluded.sealed_signing_secrets ELSE c.sealed_signing_secrets END,
      signing_secrets_made_at =
        CASE WHEN ${isFirstSecret} THEN excluded.signing_secrets_made_at ELSE c.signing_secrets_made_at END,
      last_change = 'configured',
      changed_by = 'operator',
      version = c.version + 1,
      updated_at = now()
  RETURNING ${columns}, version = 1 AS was_created,
    coalesce($17 AND sealed_signing_secrets[1] = $18, false) AS took_secret`;

// Each secret signs for a day after it was replaced, so a sixth one within a day would push out one that still does.
const rotateStatement = `
  UPDATE callbacks
  SET sealed_signing_secrets = (ARRAY[$3::bytea] || sealed_signing_secrets)[1:5],
      signing_secrets_made_at = (ARRAY[now()] || signing_secrets_made_at)[1:5],
      last_change = 'signing_secret_rotated',
      changed_by = 'operator',
      version = version + 1,
      updated_at = now()
  WHERE owner_id = $1 AND event = $2 AND NOT is_own AND removed_at IS NULL AND signing_enabled
    AND (cardinality(signing_secrets_made_at) < 5 OR signing_secrets_made_at[4] <= now() - interval '24 hours')
  RETURNING now() + interval '24 hours' AS previous_signs_until`;

const removeStatement = `
  UPDATE callbacks
  SET removed_at = now(), auth_type = 'none', sealed_auth = NULL, auth_shown = '{}', sealed_previous_auth = NULL,
    sealed_client_certificate = NULL, client_certificate_shown = NULL, signing_enabled = false,
    sealed_signing_secrets = '{}', signing_secrets_made_at = '{}',
    last_change = 'removed', changed_by = 'operator', version = version + 1, updated_at = now()
  WHERE owner_id = $1 AND event = $2 AND NOT is_own AND removed_at IS NULL
  RETURNING id`;

const skipHeldStatement = `
  WITH freed AS (
    DELETE FROM held_statuses WHERE callback_id = $1 RETURNING notification_id, sequence
  )
  UPDATE statuses st
  SET state = 'skipped', state_reason = 'The callback was removed while this was held.'
  FROM freed
  WHERE st.notification_id = freed.notification_id AND st.sequence = freed.sequence AND st.state = 'held'`;

export function createCallbackStore(pool: Pool): CallbackStore {
  const find: CallbackStore['find'] = async (serviceId, event) => {
    const { rows } = await pool.query<CallbackRow>(
      `SELECT ${columns} FROM callbacks c WHERE owner_id = $1 AND event = $2 AND NOT is_own AND removed_at IS NULL`,
      [serviceId, event],
    );
    return rows[0] ? toCallback(rows[0]) : null;
  };

  return {
    find,

    async put(newId, serviceId, event, settings) {
      const { rows } = await pool.query<CallbackRow & { was_created: boolean; took_secret: boolean }>(
        putStatement,
        toValues(newId, serviceId, event, settings),
      );
      const [row] = rows;
      if (!row) throw new Error('the callback was neither inserted nor updated');
      return { callback: toCallback(row), wasCreated: row.was_created, tookSecret: row.took_secret };
    },

    async sealedAuth(serviceId, event) {
      const { rows } = await pool.query<{ version: number; sealed: Buffer }>(
        `SELECT version, sealed_auth AS sealed FROM callbacks
         WHERE owner_id = $1 AND event = $2 AND NOT is_own AND removed_at IS NULL AND sealed_auth IS NOT NULL`,
        [serviceId, event],
      );
      return rows[0] ?? null;
    },

    remove: (serviceId, event) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ id: string }>(removeStatement, [serviceId, event]);
        const [removed] = rows;
        if (removed) await client.query(skipHeldStatement, [removed.id]);
        return removed !== undefined;
      }),

    async rotateSigningSecret(serviceId, event, sealed) {
      const { rows } = await pool.query<{ previous_signs_until: Instant }>(rotateStatement, [
        serviceId,
        event,
        sealed,
      ]);
      if (rows[0]) return { kind: 'rotated', previousSignsUntil: rows[0].previous_signs_until };
      const callback = await find(serviceId, event);
      if (!callback) return { kind: 'absent' };
      return { kind: callback.signing.enabled ? 'tooOften' : 'signingIsOff' };
    },
  };
}

function toValues(
  newId: string,
  serviceId: string,
  event: CallbackEvent,
  settings: CallbackSettings,
): unknown[] {
  const { url, policy, filter, notificationList, auth, clientCertificate, signing } = settings;
  const certificate = clientCertificate === 'none' ? null : clientCertificate;
  return [
    newId,
    serviceId,
    event,
    url,
    policy.attempts,
    policy.intervalSeconds,
    policy.timeoutSeconds,
    JSON.stringify(filter),
    notificationList,
    auth?.type ?? 'none',
    auth !== null,
    auth?.sameAsVersion ?? null,
    auth && auth.type !== 'none' ? auth.sealed : null,
    JSON.stringify(auth?.shown ?? {}),
    certificate?.sealed ?? null,
    certificate ? JSON.stringify(certificate.shown) : null,
    signing?.enabled ?? null,
    signing?.enabled ? signing.sealedSecret : null,
    clientCertificate !== null,
    settings.warnAfterAttempts,
    settings.maxInFlight,
    settings.ratePerSecond,
  ];
}

function toCallback(row: CallbackRow): Callback {
  return {
    id: row.id,
    event: row.event,
    url: row.url,
    auth: ShownAuth.parse({ ...row.auth_shown, type: row.auth_type }),
    has_bearer_token: row.auth_type === 'bearer',
    client_certificate:
      row.client_certificate_shown === null
        ? null
        : ShownClientCertificate.parse(row.client_certificate_shown),
    signing: { enabled: row.signing_enabled },
    policy: {
      attempts: row.attempts,
      interval_seconds: row.interval_seconds,
      timeout_seconds: row.timeout_seconds,
    },
    filter: CallbackFilter.parse(row.filter),
    notification_list: row.notification_list,
    warn_after_attempts: row.warn_after_attempts,
    max_in_flight: row.max_in_flight,
    rate_per_second: row.rate_per_second,
    state: row.state,
    disabled_at: row.disabled_at,
    disabled_reason: row.disabled_reason,
    held: row.held,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
