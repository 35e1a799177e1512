import type { Pool } from 'pg';
import type { ConfiguredProvider } from '../domain/provider.schema.ts';
import type { ProviderSettings, ProviderStore } from '../ports/index.ts';

const columns = `provider, service_id, credential_type, inbound_numbers, public_url, created_at, updated_at`;

type SettingsRow = {
  service_id: string;
  profile: string;
  credential_type: string;
  sealed_credentials: Buffer | null;
  inbound_numbers: string[];
  public_url: string | null;
};

export function createProviderStore(pool: Pool): ProviderStore {
  return {
    async put(serviceId, provider, settings) {
      const { rows } = await pool.query<ConfiguredProvider & { was_created: boolean }>(
        `INSERT INTO provider_settings AS p
           (service_id, provider, credential_type, sealed_credentials, inbound_numbers, public_url)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (service_id, provider) DO UPDATE
         SET credential_type = excluded.credential_type, sealed_credentials = excluded.sealed_credentials,
           inbound_numbers = excluded.inbound_numbers, public_url = excluded.public_url, updated_at = clock_timestamp()
         RETURNING ${columns}, created_at = updated_at AS was_created`,
        [
          serviceId,
          provider,
          settings.credentialType,
          settings.sealedCredentials && Buffer.from(settings.sealedCredentials),
          settings.inboundNumbers,
          settings.publicUrl,
        ],
      );
      const [row] = rows;
      if (!row) throw new Error('the provider was neither inserted nor updated');
      const { was_created: wasCreated, ...stored } = row;
      return { stored, wasCreated };
    },

    async remove(serviceId, provider) {
      const { rowCount } = await pool.query(
        'DELETE FROM provider_settings WHERE service_id = $1 AND provider = $2',
        [serviceId, provider],
      );
      return rowCount === 1;
    },

    async of(provider) {
      const { rows } = await pool.query<SettingsRow>({
        name: 'provider-settings',
        text: `SELECT p.service_id, s.profile, p.credential_type, p.sealed_credentials, p.inbound_numbers, p.public_url
          FROM provider_settings p
          JOIN services s ON s.id = p.service_id
          WHERE p.provider = $1
          ORDER BY p.service_id`,
        values: [provider],
      });
      return rows.map(toSettings);
    },

    async changes(provider) {
      const { rows } = await pool.query<{ changes: string }>({
        name: 'provider-changes',
        text: 'SELECT changes::text FROM provider_changes WHERE provider = $1',
        values: [provider],
      });
      return rows[0]?.changes ?? '0';
    },

    async unchecked() {
      const { rows } = await pool.query<{ service_id: string; provider: string }>(
        `SELECT service_id, provider FROM provider_settings WHERE credential_type = 'none' ORDER BY provider, service_id`,
      );
      return rows.map(({ service_id: serviceId, provider }) => ({ serviceId, provider }));
    },
  };
}

function toSettings(row: SettingsRow): ProviderSettings {
  return {
    serviceId: row.service_id,
    profile: row.profile,
    credentialType: row.credential_type,
    sealedCredentials: row.sealed_credentials,
    inboundNumbers: row.inbound_numbers,
    publicUrl: row.public_url,
  };
}
