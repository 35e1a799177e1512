// What a Dispatch communication calls for a status, beside what every job has.
import type { Attributes } from '../../domain/campaigns/batch.schema.ts';
import type { CommunicationTarget } from '../../ports/index.ts';
import type { StoredCallback } from '../../ports/index.ts';

export type TargetJson = {
  method: CommunicationTarget['method'];
  url_template: string;
  attempts: number;
  interval_seconds: number;
  timeout_seconds: number;
  auth_type: StoredCallback['authType'];
  /** In base64. */
  sealed_auth: string | null;
  names: Record<string, string>;
  environment: Record<string, string> | null;
  communication_id: string;
  batch_id: string;
  attributes: Attributes | null;
  destination: string | null;
  problem: string | null;
};

/** Of a status `st` and its notification `n`, as one JSON value; null for what is not Dispatch's. */
export const targetOf = `(
    SELECT jsonb_build_object('method', t.method, 'url_template', t.url_template, 'attempts', t.attempts,
      'interval_seconds', t.interval_seconds, 'timeout_seconds', t.timeout_seconds, 'auth_type', t.auth_type,
      'sealed_auth', encode(t.sealed_auth, 'base64'), 'names', t.names, 'environment', ca.environment -> co.mode,
      'communication_id', co.id, 'batch_id', coalesce(n.batch_id, n.id), 'attributes', n.attributes,
      'destination', d.address, 'problem', st.details ->> 'message')
    FROM communications co
    JOIN campaigns ca ON ca.id = co.campaign_id
    JOIN communication_callbacks t ON t.communication_id = co.id AND t.event = st.event
    LEFT JOIN destinations d ON d.notification_id = n.id AND d.place = (st.details ->> 'destination')::integer
    WHERE co.id = n.communication_id)`;

export function toTarget(json: TargetJson): CommunicationTarget {
  return {
    method: json.method,
    communicationId: json.communication_id,
    batchId: json.batch_id,
    attributes: json.attributes ?? {},
    environment: json.environment ?? {},
    names: json.names,
    destination: json.destination,
    problem: json.problem,
  };
}

/** The communication's row with what its callback for this event has of its own. */
export function withTarget(callback: StoredCallback, json: TargetJson): StoredCallback {
  return {
    ...callback,
    url: json.url_template,
    authType: json.auth_type,
    sealedAuth: json.sealed_auth === null ? null : Buffer.from(json.sealed_auth, 'base64'),
    policy: {
      attempts: json.attempts,
      intervalSeconds: json.interval_seconds,
      timeoutSeconds: json.timeout_seconds,
    },
  };
}
