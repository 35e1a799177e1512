// A Dispatch service with communications and batches, made by the real stores.
import { createAcceptor } from '../../src/use-cases/acceptance/accept-events.ts';
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createBatchStore } from '../../src/db/campaigns/batch-store.ts';
import { createCampaignStore } from '../../src/db/campaigns/campaign-store.ts';
import { createServiceStore } from '../../src/db/access/service-store.ts';
import { createStatusStore } from '../../src/db/acceptance/status-store.ts';
import type { NewMember } from '../../src/domain/campaigns/batch.schema.ts';
import { createAcceptStatus } from '../../src/use-cases/acceptance/accept-status.ts';
import { aService } from './builders.ts';
import { noDispatchSink, noMetrics, operator } from './db-fixture.ts';

export const time = '2026-06-15T11:30:00.000000Z';

export const acceptanceBy = (pool: Pool) =>
  createAcceptor({
    statuses: createStatusStore(pool),
    dispatchSink: noDispatchSink,
    metrics: noMetrics,
    now: () => new Date(),
  });

export const aMember = (n = 0): NewMember => ({
  attributes: { zebra: n, apple: `00${n}`, id: `M-${n}` },
  destinations: [{ type: 'sms', to: `+6149157${n}`, provider: 'twilio', provider_reference: `SM${n}` }],
});

/** Says of the n-th member of a batch that it was sent, by which it is processed. */
export const processed = (pool: Pool, memberId: string, n: number) =>
  createAcceptStatus(acceptanceBy(pool))(operator, memberId, { destination: `+6149157${n}`, status: 'sent' });

export async function createDispatchFixture(pool: Pool) {
  const service = aService({ profile: 'dispatch' });
  const serviceId = service.id;
  await createServiceStore(pool).create(service);

  async function aCommunication(
    events = ['message_sent', 'message_delivery_status_change'] as const,
  ): Promise<string> {
    const campaigns = createCampaignStore(pool);
    const campaignId = uuidv7();
    const environment = { live: { team: 'fees' }, test: { team: 'nobody' } };
    await campaigns.create({
      id: campaignId,
      service_id: serviceId,
      name: 'Fees',
      environment,
      created_at: time,
    });
    const id = uuidv7();
    await campaigns.addCommunication({
      ...{
        id,
        campaign_id: campaignId,
        service_id: serviceId,
        name: 'First',
        mode: 'live',
        created_at: time,
      },
      notification_list: [],
      callbacks: [...events, 'communication_complete' as const].map((event) => ({
        ...{ event, method: 'GET', url: 'https://university.example/${apple}/${team}/${batchId}', names: {} },
        ...{ policy: { attempts: 3, intervalSeconds: 300, timeoutSeconds: 120 } },
        ...{ authType: 'none', authShown: {}, sealedAuth: null },
      })),
    });
    return id;
  }

  async function aBatch(
    size: number,
    communicationId?: string,
  ): Promise<{ id: string; communicationId: string; members: string[] }> {
    const communication = communicationId ?? (await aCommunication());
    const id = uuidv7();
    const members = Array.from({ length: size }, (_, n) => ({ ...aMember(n), id: uuidv7() }));
    await createBatchStore(pool).create(
      { id, communicationId: communication, serviceId, createdAt: time },
      members,
    );
    return { id, communicationId: communication, members: members.map((member) => member.id) };
  }

  return { serviceId, aCommunication, aBatch };
}
