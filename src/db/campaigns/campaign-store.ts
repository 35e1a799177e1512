import type { Pool } from 'pg';
import type {
  Campaign,
  Communication,
  CommunicationCallback,
} from '../../domain/campaigns/communication.schema.ts';
import type { Instant } from '../../domain/instant.ts';
import type { CampaignStore, NewCommunication, StoredCallback } from '../../ports/index.ts';
import { loadCommunicationHistory } from './communication-history.ts';

type CommunicationRow = Omit<Communication, 'callbacks' | 'created_at'> & {
  created_at: Instant;
  callbacks: CallbackJson[] | null;
};

type CallbackJson = Pick<CommunicationCallback, 'event' | 'method' | 'names'> & {
  url_template: string;
  attempts: number;
  interval_seconds: number;
  timeout_seconds: number;
  auth_type: StoredCallback['authType'];
  auth_shown: { username?: string; header?: string };
};

// The row of callbacks keeps bounds that its constraints ask for; what is tried is what each event's callback says.
const addStatement = `
  WITH unit AS (
    INSERT INTO callbacks (id, service_id, event, url, attempts, interval_seconds, timeout_seconds, notification_list,
      created_at)
    VALUES ($1, $2, 'communication', '', 1, 1, 1, $3, $4)
  ), communication AS (
    INSERT INTO communications (id, campaign_id, name, mode) VALUES ($1, $5, $6, $7)
  )
  INSERT INTO communication_callbacks (communication_id, event, method, url_template, attempts, interval_seconds,
    timeout_seconds, auth_type, auth_shown, sealed_auth, names)
  SELECT $1, * FROM unnest($8::text[], $9::text[], $10::text[], $11::int[], $12::int[], $13::int[], $14::text[],
    $15::jsonb[], $16::bytea[], $17::jsonb[])`;

// What is tried from now on is what this says, so the communication has a new version.
const putStatement = `
  WITH changed AS (
    UPDATE callbacks
    SET version = version + 1, last_change = 'configured', changed_by = 'operator', updated_at = now()
    WHERE id = $11
  )
  INSERT INTO communication_callbacks AS t (communication_id, event, method, url_template, attempts, interval_seconds,
    timeout_seconds, auth_type, auth_shown, sealed_auth, names)
  SELECT $11, * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::text[],
    $8::jsonb[], $9::bytea[], $10::jsonb[])
  ON CONFLICT (communication_id, event) DO UPDATE
  SET method = excluded.method, url_template = excluded.url_template, attempts = excluded.attempts,
    interval_seconds = excluded.interval_seconds, timeout_seconds = excluded.timeout_seconds, names = excluded.names,
    auth_type = CASE WHEN $12 THEN t.auth_type ELSE excluded.auth_type END,
    auth_shown = CASE WHEN $12 THEN t.auth_shown ELSE excluded.auth_shown END,
    sealed_auth = CASE WHEN $12 THEN t.sealed_auth ELSE excluded.sealed_auth END`;

const findStatement = `
  SELECT co.id, co.campaign_id, c.service_id, co.name, co.mode, c.state, c.disabled_at, c.disabled_reason,
    c.notification_list, c.created_at,
    (SELECT count(*) FROM held_statuses h WHERE h.callback_id = c.id) AS held,
    CASE
      WHEN EXISTS (SELECT FROM batches b WHERE b.communication_id = c.id AND b.completed_at IS NULL) THEN 'IN_PROGRESS'
      WHEN EXISTS (SELECT FROM batches b WHERE b.communication_id = c.id) THEN 'COMPLETE'
      ELSE 'PENDING' END AS status,
    (SELECT jsonb_agg(to_jsonb(t) - 'sealed_auth' ORDER BY t.event)
     FROM communication_callbacks t WHERE t.communication_id = c.id) AS callbacks
  FROM communications co
  JOIN callbacks c ON c.id = co.id
  WHERE co.id = $1`;

export function createCampaignStore(pool: Pool): CampaignStore {
  return {
    async create({ id, service_id, name, environment, created_at }) {
      await pool.query(
        'INSERT INTO campaigns (id, service_id, name, environment, created_at) VALUES ($1, $2, $3, $4, $5)',
        [id, service_id, name, JSON.stringify(environment), created_at],
      );
    },

    async find(id) {
      const { rows } = await pool.query<Campaign>(
        'SELECT id, service_id, name, environment, created_at FROM campaigns WHERE id = $1',
        [id],
      );
      return rows[0] ?? null;
    },

    async addCommunication(communication) {
      await pool.query(addStatement, toValues(communication));
    },

    async putCallback(communicationId, callback, { keepsCredentials }) {
      await pool.query(putStatement, [...toCallbackValues([callback]), communicationId, keepsCredentials]);
    },

    async findCommunication(id) {
      const { rows } = await pool.query<CommunicationRow>(findStatement, [id]);
      return rows[0] ? { ...rows[0], callbacks: (rows[0].callbacks ?? []).map(toCallback) } : null;
    },

    history: (communicationId, page) => loadCommunicationHistory(pool, communicationId, page),
  };
}

function toValues({ callbacks, ...communication }: NewCommunication): unknown[] {
  return [
    communication.id,
    communication.service_id,
    communication.notification_list,
    communication.created_at,
    communication.campaign_id,
    communication.name,
    communication.mode,
    ...toCallbackValues(callbacks),
  ];
}

function toCallbackValues(callbacks: NewCommunication['callbacks']): unknown[] {
  return [
    callbacks.map(({ event }) => event),
    callbacks.map(({ method }) => method),
    callbacks.map(({ url }) => url),
    callbacks.map(({ policy }) => policy.attempts),
    callbacks.map(({ policy }) => policy.intervalSeconds),
    callbacks.map(({ policy }) => policy.timeoutSeconds),
    callbacks.map(({ authType }) => authType),
    callbacks.map(({ authShown }) => JSON.stringify(authShown)),
    callbacks.map(({ sealedAuth }) => sealedAuth && Buffer.from(sealedAuth)),
    callbacks.map(({ names }) => JSON.stringify(names)),
  ];
}

function toCallback(json: CallbackJson): CommunicationCallback {
  return {
    event: json.event,
    method: json.method,
    url: json.url_template,
    policy: {
      attempts: json.attempts,
      interval_seconds: json.interval_seconds,
      timeout_seconds: json.timeout_seconds,
    },
    credentials: { type: shownType(json.auth_type), ...json.auth_shown },
    names: json.names,
  };
}

/** In Dispatch's words; what else there is cannot be given to a communication. */
function shownType(type: StoredCallback['authType']): CommunicationCallback['credentials']['type'] {
  if (type === 'api_key') return 'header';
  return type === 'basic' || type === 'bearer' ? type : 'none';
}
