// The HTTP side over real stores, without a listening socket.
import type { Pool } from 'pg';
import { createApiKeyStore } from '../../src/db/api-key-store.ts';
import { createBatchStore } from '../../src/db/batch-store.ts';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createCampaignStore } from '../../src/db/campaign-store.ts';
import { createCommunicationStore } from '../../src/db/communication-store.ts';
import { createDrainStore } from '../../src/db/drain-store.ts';
import { createInboundStore } from '../../src/db/inbound-store.ts';
import { createLetterReportStore } from '../../src/db/letter-report-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createProviderStore } from '../../src/db/provider-store.ts';
import { createRedeliveries } from '../../src/db/redeliveries.ts';
import { createServiceStore } from '../../src/db/service-store.ts';
import { createSetAsideRequests } from '../../src/db/set-aside-requests.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createStoredCallbacks } from '../../src/db/stored-callback.ts';
import { createAcceptComplaint } from '../../src/use-cases/accept-complaint.ts';
import { createAcceptInbound } from '../../src/use-cases/accept-inbound.ts';
import { createAcceptProblem } from '../../src/use-cases/accept-problem.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { noHandover, noMetrics } from './db-fixture.ts';
import { createTestApp } from './test-app.ts';

export function createRealApp(pool: Pool) {
  const statuses = createStatusStore(pool);
  const services = createServiceStore(pool);
  const inbound = createInboundStore(pool);
  const now = (): Date => new Date();
  const acceptance = { statuses, handover: noHandover, metrics: noMetrics, now };
  return createTestApp({
    ...{ statuses, services, inbound, now },
    apiKeys: createApiKeyStore(pool),
    callbacks: createCallbackStore(pool),
    communications: createCommunicationStore(pool),
    drains: createDrainStore(pool),
    campaigns: createCampaignStore(pool),
    batches: createBatchStore(pool),
    storedCallbacks: createStoredCallbacks(pool),
    redeliveries: createRedeliveries(pool),
    notifications: createNotificationStore(pool),
    letterReports: createLetterReportStore(pool),
    setAsideRequests: createSetAsideRequests(pool),
    providers: createProviderStore(pool),
    acceptStatus: createAcceptStatus(acceptance),
    acceptComplaint: createAcceptComplaint(acceptance),
    acceptProblem: createAcceptProblem(acceptance),
    acceptInbound: createAcceptInbound({ ...acceptance, services, inbound }),
  });
}
