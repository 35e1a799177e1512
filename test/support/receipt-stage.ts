// Providers that report to real stores: whose message a receipt reaches.
import type { Pool } from 'pg';
import { createProviderStore } from '../../src/db/provider-store.ts';
import { createReceiptStore } from '../../src/db/receipt-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { providerContext } from '../../src/domain/secret-contexts.ts';
import { createAcceptComplaint } from '../../src/use-cases/accept-complaint.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { lookAtEarlyReceipts } from '../../src/use-cases/look-at-early-receipts.ts';
import { createProviderAccounts } from '../../src/use-cases/provider-accounts.ts';
import { createReceiveReceipts } from '../../src/use-cases/receive-receipts.ts';
import { storeNotification, storeService, noHandover, noMetrics } from './db-fixture.ts';
import { createFakeSecretBox } from './fakes/secret-box.ts';

export function createReceiptStage(pool: Pool) {
  const secrets = createFakeSecretBox();
  const providers = createProviderStore(pool);
  const accounts = createProviderAccounts({ providers, secrets, onUnopened: () => undefined });
  const acceptance = {
    ...{ statuses: createStatusStore(pool), handover: noHandover, metrics: noMetrics },
    now: () => new Date(),
  };
  const ambiguous: string[][] = [];
  const ports = {
    receipts: createReceiptStore(pool),
    acceptStatus: createAcceptStatus(acceptance),
    acceptComplaint: createAcceptComplaint(acceptance),
    onAmbiguous: (_provider: string, ids: readonly string[]) => void ambiguous.push([...ids].sort()),
  };
  const receive = createReceiveReceipts({
    ...{ ...ports, accounts, secrets, now: () => new Date() },
    sns: { certificate: async () => '', confirm: async () => undefined },
  });

  /** A service for which whoever shows `password` speaks; null for anybody. */
  async function aTenant(provider: string, password: string | null) {
    const { serviceId } = await storeService(pool, null);
    await configure(serviceId, provider, password);
    return serviceId;
  }

  async function configure(serviceId: string, provider: string, password: string | null): Promise<void> {
    const text = JSON.stringify({ username: 'notify', password });
    await providers.put(serviceId, provider, {
      credentialType: password === null ? 'none' : 'password_or_token',
      sealedCredentials: password === null ? null : secrets.seal(text, providerContext(serviceId, provider)),
      ...{ inboundNumbers: [], publicUrl: null },
    });
    accounts.forget(provider);
  }

  const send = (provider: string, password: string | null, body: object) =>
    receive(provider, {
      ...{ body: Buffer.from(JSON.stringify(body)), query: new URLSearchParams() },
      url: `https://ringback.example/v1/providers/${provider}/status`,
      headers: {
        'content-type': 'application/json',
        ...(password !== null && {
          authorization: `Basic ${Buffer.from(`notify:${password}`).toString('base64')}`,
        }),
      },
    });

  return {
    ambiguous,
    aTenant,
    configure,
    send,
    aMessage: (serviceId: string, changes: Parameters<typeof storeNotification>[2]) =>
      storeNotification(pool, serviceId, { notification_type: 'sms', ...changes }),
    /** As a provider reports that names messages by its own reference. */
    telstra: (password: string | null, messageId: string) =>
      send('telstra', password, { messageId, deliveryStatus: 'DELIVRD', to: '+61491570156' }),
    /** As a provider reports that names messages by their ids. */
    mmg: (password: string | null, id: string) => send('mmg', password, { CID: id, status: '3' }),
    statusOf: async (id: string): Promise<string | undefined> =>
      (await createNotificationStore(pool).find(id))?.status,
    async kept(): Promise<number> {
      const { rows } = await pool.query<{ count: number }>('SELECT count(*) FROM early_receipts');
      return rows[0]?.count ?? 0;
    },
    async look(now = new Date()) {
      await pool.query("UPDATE early_receipts SET next_look_at = now() - interval '1 second'");
      return lookAtEarlyReceipts({ ...ports, now: () => now });
    },
  };
}
