// The HTTP side over the real stores of a database; nothing is delivered.
import { createAcceptor } from '../../src/use-cases/acceptance/accept-events.ts';
import type { Pool } from 'pg';
import { createSealedBox } from '../../src/crypto/sealed-box.ts';
import { createApiKeyStore } from '../../src/db/access/api-key-store.ts';
import { createBatchStore } from '../../src/db/campaigns/batch-store.ts';
import { createCallbackStore } from '../../src/db/callbacks/callback-store.ts';
import { createCampaignStore } from '../../src/db/campaigns/campaign-store.ts';
import { createCommunicationStore } from '../../src/db/callbacks/communication-store.ts';
import { createDrainStore } from '../../src/db/callbacks/drain-store.ts';
import { createInboundStore } from '../../src/db/notifications/inbound-store.ts';
import { createLetterReportStore } from '../../src/db/notifications/letter-report-store.ts';
import { createNotificationStore } from '../../src/db/notifications/notification-store.ts';
import { createRedeliveries } from '../../src/db/notifications/redeliveries.ts';
import { createServiceStore } from '../../src/db/access/service-store.ts';
import { createStatusStore } from '../../src/db/acceptance/status-store.ts';
import { createStoredCallbacks } from '../../src/db/delivery/stored-callback.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { createAcceptComplaint } from '../../src/use-cases/acceptance/accept-complaint.ts';
import { createAcceptInbound } from '../../src/use-cases/acceptance/accept-inbound.ts';
import { createAcceptProblem } from '../../src/use-cases/acceptance/accept-problem.ts';
import { createAcceptStatus } from '../../src/use-cases/acceptance/accept-status.ts';
import { noDispatchSink, noMetrics } from './db-fixture.ts';
import { createTestApp } from './test-app.ts';

export function createStoredApp(pool: Pool, changes: Partial<HttpDeps> = {}) {
  const now = (): Date => new Date();
  const services = createServiceStore(pool);
  const statuses = createStatusStore(pool);
  const inbound = createInboundStore(pool);
  const acceptance = createAcceptor({ statuses, dispatchSink: noDispatchSink, metrics: noMetrics, now });
  return createTestApp({
    services,
    apiKeys: createApiKeyStore(pool),
    callbacks: createCallbackStore(pool),
    communications: createCommunicationStore(pool),
    drains: createDrainStore(pool),
    campaigns: createCampaignStore(pool),
    batches: createBatchStore(pool),
    storedCallbacks: createStoredCallbacks(pool),
    redeliveries: createRedeliveries(pool),
    notifications: createNotificationStore(pool),
    statuses,
    inbound,
    letterReports: createLetterReportStore(pool),
    secrets: createSealedBox([{ id: 'test', key: new Uint8Array(32).fill(7) }]),
    acceptStatus: createAcceptStatus(acceptance),
    acceptComplaint: createAcceptComplaint(acceptance),
    acceptProblem: createAcceptProblem(acceptance),
    acceptInbound: createAcceptInbound({ ...acceptance, services, inbound }),
    now,
    ...changes,
  });
}
