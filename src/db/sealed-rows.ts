// Where sealed secrets stand. Whoever adds a column with one adds it here, or a retired key takes that secret along.
import type { Pool } from 'pg';
import type { CallbackEvent } from '../domain/callback.schema.ts';
import type { CommunicationEvent } from '../domain/event.ts';
import {
  apiKeySecretContext,
  callbackAuthContext,
  clientCertificateContext,
  communicationAuthContext,
  notificationTokenContext,
  providerContext,
  signingSecretContext,
} from '../domain/secret-contexts.ts';
import type { SealedRow, SealedRows } from '../ports/index.ts';

type ApiKeyRow = { id: string; service_id: string; sealed_secret: Buffer };
type ProviderRow = { service_id: string; provider: string; sealed_credentials: Buffer };
type CommunicationRow = { communication_id: string; event: CommunicationEvent; sealed_auth: Buffer };
type NotificationRow = { id: string; sealed_callback_token: Buffer };
type CallbackRow = {
  id: string;
  service_id: string;
  event: CallbackEvent;
  sealed_auth: Buffer | null;
  sealed_previous_auth: Buffer | null;
  sealed_client_certificate: Buffer | null;
  sealed_signing_secrets: Buffer[];
};

const callbackHasSecrets = `coalesce(sealed_auth, sealed_previous_auth, sealed_client_certificate) IS NOT NULL
  OR cardinality(sealed_signing_secrets) > 0`;

/**
 * The API keys, the callbacks, those of communications, the providers, and the notifications with a token of their own, each in the order
 * of their ids; the cursor is `<kind>:<id>`.
 */
export function createSealedRows(pool: Pool): SealedRows {
  const apiKeys = async (after: string | null, limit: number): Promise<Identified[]> => {
    const { rows } = await pool.query<ApiKeyRow>(
      `SELECT id, service_id, sealed_secret FROM api_keys
       WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows.map((row) => toApiKeySecrets(pool, row));
  };
  const callbacks = async (after: string | null, limit: number): Promise<Identified[]> => {
    const { rows } = await pool.query<CallbackRow>(
      `SELECT id, service_id, event, sealed_auth, sealed_previous_auth, sealed_client_certificate,
         sealed_signing_secrets
       FROM callbacks WHERE ($1::uuid IS NULL OR id > $1) AND (${callbackHasSecrets}) ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows.map((row) => toCallbackSecrets(pool, row));
  };

  const notifications = async (after: string | null, limit: number): Promise<Identified[]> => {
    const { rows } = await pool.query<NotificationRow>(
      `SELECT id, sealed_callback_token FROM notifications
       WHERE ($1::uuid IS NULL OR id > $1) AND sealed_callback_token IS NOT NULL ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows.map((row) => toNotificationSecrets(pool, row));
  };
  const communications = async (after: string | null, limit: number): Promise<Identified[]> => {
    const [id = null, event = null] = after?.split('/') ?? [];
    const { rows } = await pool.query<CommunicationRow>(
      `SELECT communication_id, event, sealed_auth FROM communication_callbacks
       WHERE ($1::uuid IS NULL OR (communication_id, event) > ($1, $2)) AND sealed_auth IS NOT NULL
       ORDER BY communication_id, event LIMIT $3`,
      [id, event, limit],
    );
    return rows.map((row) => toCommunicationSecrets(pool, row));
  };
  const providers = async (after: string | null, limit: number): Promise<Identified[]> => {
    const [id = null, provider = null] = after?.split('/') ?? [];
    const { rows } = await pool.query<ProviderRow>(
      `SELECT service_id, provider, sealed_credentials FROM provider_settings
       WHERE ($1::uuid IS NULL OR (service_id, provider) > ($1, $2)) AND sealed_credentials IS NOT NULL
       ORDER BY service_id, provider LIMIT $3`,
      [id, provider, limit],
    );
    return rows.map((row) => toProviderSecrets(pool, row));
  };
  const kinds = { api_keys: apiKeys, callbacks, communications, providers, notifications };
  const order = ['api_keys', 'callbacks', 'communications', 'providers', 'notifications'] as const;

  return {
    async count() {
      const { rows } = await pool.query<{ count: number }>(
        `SELECT (SELECT count(*) FROM api_keys) + (SELECT count(*) FROM callbacks WHERE ${callbackHasSecrets})
           + (SELECT count(*) FROM communication_callbacks WHERE sealed_auth IS NOT NULL)
           + (SELECT count(*) FROM provider_settings WHERE sealed_credentials IS NOT NULL)
           + (SELECT count(*) FROM notifications WHERE sealed_callback_token IS NOT NULL) AS count`,
      );
      return rows[0]?.count ?? 0;
    },

    async page(cursor, limit) {
      const [name, after = null] = cursor?.split(':') ?? [];
      const place = Math.max(
        0,
        order.findIndex((kind) => kind === name),
      );
      const rows = await kinds[order[place] ?? 'api_keys'](after === '' ? null : after, limit);
      const last = rows.length === limit ? rows.at(-1) : undefined;
      const next = order[place + 1];
      const nextCursor = last ? `${String(order[place])}:${last.id}` : next ? `${next}:` : null;
      return { rows, nextCursor };
    },
  };
}

type Identified = SealedRow & { id: string };

/** A row with one secret; `update` replaces $1 by $2 where the row still has it, its key being $3 and, if need be, $4. */
function withOneSecret(
  pool: Pool,
  { id, place, context, sealed }: { id: string; place: string; context: string; sealed: Buffer },
  update: string,
): Identified {
  return {
    ...{ id, place },
    secrets: [{ context, sealed }],
    async replace([sealedAnew]) {
      const { rowCount } = await pool.query(update, [sealed, sealedAnew, ...id.split('/')]);
      return rowCount === 1;
    },
  };
}

function toApiKeySecrets(
  pool: Pool,
  { id, service_id: serviceId, sealed_secret: sealed }: ApiKeyRow,
): Identified {
  return withOneSecret(
    pool,
    { id, place: `API key ${id}`, context: apiKeySecretContext(serviceId, id), sealed },
    'UPDATE api_keys SET sealed_secret = $2 WHERE id = $3 AND sealed_secret = $1',
  );
}

function toProviderSecrets(pool: Pool, row: ProviderRow): Identified {
  const { service_id: serviceId, provider, sealed_credentials: sealed } = row;
  const place = `provider ${provider} of service ${serviceId}`;
  return withOneSecret(
    pool,
    { id: `${serviceId}/${provider}`, place, context: providerContext(serviceId, provider), sealed },
    `UPDATE provider_settings SET sealed_credentials = $2
     WHERE service_id = $3 AND provider = $4 AND sealed_credentials = $1`,
  );
}

function toCommunicationSecrets(pool: Pool, row: CommunicationRow): Identified {
  const { communication_id: communicationId, event, sealed_auth: sealed } = row;
  const place = `${event} of communication ${communicationId}`;
  return withOneSecret(
    pool,
    {
      id: `${communicationId}/${event}`,
      place,
      context: communicationAuthContext(communicationId, event),
      sealed,
    },
    `UPDATE communication_callbacks SET sealed_auth = $2
     WHERE communication_id = $3 AND event = $4 AND sealed_auth = $1`,
  );
}

function toNotificationSecrets(pool: Pool, row: NotificationRow): Identified {
  const { id, sealed_callback_token: sealed } = row;
  const context = notificationTokenContext(id);
  return withOneSecret(
    pool,
    { id, place: `notification ${id}`, context, sealed },
    'UPDATE notifications SET sealed_callback_token = $2 WHERE id = $3 AND sealed_callback_token = $1',
  );
}

function toCallbackSecrets(pool: Pool, row: CallbackRow): Identified {
  const auth = callbackAuthContext(row.service_id, row.event);
  const certificate = clientCertificateContext(row.service_id, row.event);
  const signing = signingSecretContext(row.service_id, row.event);
  const columns = [
    [row.sealed_auth, auth],
    [row.sealed_previous_auth, auth],
    [row.sealed_client_certificate, certificate],
  ] as const;
  const before = [...columns.map(([sealed]) => sealed), row.sealed_signing_secrets];
  return {
    id: row.id,
    place: `callback ${row.id}`,
    secrets: [
      ...columns.flatMap(([sealed, context]) => (sealed ? [{ sealed, context }] : [])),
      ...row.sealed_signing_secrets.map((sealed) => ({ sealed, context: signing })),
    ],
    async replace(sealed) {
      const left = [...sealed];
      const after = columns.map(([stored]) => (stored ? left.shift() : null));
      // Sealing anew changes nothing that anyone configured, so the version stays.
      const { rowCount } = await pool.query(
        `UPDATE callbacks
         SET sealed_auth = $6, sealed_previous_auth = $7, sealed_client_certificate = $8, sealed_signing_secrets = $9
         WHERE id = $1 AND sealed_auth IS NOT DISTINCT FROM $2 AND sealed_previous_auth IS NOT DISTINCT FROM $3
           AND sealed_client_certificate IS NOT DISTINCT FROM $4 AND sealed_signing_secrets = $5`,
        [row.id, ...before, ...after, left],
      );
      return rowCount === 1;
    },
  };
}
