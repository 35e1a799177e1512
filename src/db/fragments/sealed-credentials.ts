// The part of a delivery's row that proves Ringback to the receiver.
import type { SealedCredentials } from '../../domain/access/sealed-credentials.ts';

export type SealedCredentialsRow = {
  callback_version: number;
  sealed_previous_auth: Buffer | null;
  unauthorized_attempts: number;
  sealed_client_certificate: Buffer | null;
  sealed_signing_secrets: Buffer[];
};

/** For a statement that has the callback as `c` and the status as `st`. Overlaps end by the database's clock. */
export const sealedCredentialsColumns = `
  c.version AS callback_version,
  CASE WHEN c.auth_changed_at > now() - interval '24 hours' THEN c.sealed_previous_auth END AS sealed_previous_auth,
  CASE WHEN c.sealed_previous_auth IS NULL THEN 0 ELSE
    (SELECT count(*) FROM attempts refused
     WHERE refused.notification_id = st.notification_id AND refused.sequence = st.sequence
       AND refused.response_status = 401 AND refused.started_at >= c.auth_changed_at) END AS unauthorized_attempts,
  c.sealed_client_certificate,
  CASE WHEN c.signing_enabled THEN ARRAY(
    SELECT c.sealed_signing_secrets[i]
    FROM generate_subscripts(c.sealed_signing_secrets, 1) i
    WHERE i = 1 OR c.signing_secrets_made_at[i - 1] > now() - interval '24 hours'
    ORDER BY i) ELSE '{}' END AS sealed_signing_secrets`;

export function toSealedCredentials(row: SealedCredentialsRow): SealedCredentials {
  return {
    version: row.callback_version,
    sealedPreviousAuth: row.sealed_previous_auth,
    unauthorizedAttempts: row.unauthorized_attempts,
    sealedClientCertificate: row.sealed_client_certificate,
    sealedSigningSecrets: row.sealed_signing_secrets,
  };
}
