// The HTTP side over the real stores on a database of its own, listening on a socket; nothing is delivered.
import { createSetAsideRequests } from '../../src/db/set-aside-requests.ts';
import { connect } from 'node:net';
import { createSealedBox } from '../../src/crypto/sealed-box.ts';
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
import { createReceiptStore } from '../../src/db/receipt-store.ts';
import { createRedeliveries } from '../../src/db/redeliveries.ts';
import { createServiceStore } from '../../src/db/service-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createStoredCallbacks } from '../../src/db/stored-callback.ts';
import { createEgressPolicy } from '../../src/net/egress-policy.ts';
import { createAcceptComplaint } from '../../src/use-cases/accept-complaint.ts';
import { createAcceptInbound } from '../../src/use-cases/accept-inbound.ts';
import { createAcceptProblem } from '../../src/use-cases/accept-problem.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { createProviderAccounts } from '../../src/use-cases/provider-accounts.ts';
import { createReceiveInbound } from '../../src/use-cases/receive-inbound.ts';
import { createReceiveReceipts } from '../../src/use-cases/receive-receipts.ts';
import { createTestDatabase } from './database.ts';
import { noHandover, noMetrics } from './db-fixture.ts';
import { createFakePorts } from './fake-ports.ts';
import { fixture } from './fixture.ts';
import { adminToken, createTestApp } from './test-app.ts';

export type DatabaseApp = Awaited<ReturnType<typeof createDatabaseApp>>;

/** As `createTestApp`, over PostgreSQL; `exchange` writes bytes to a socket of its own and reads what is answered. */
export async function createDatabaseApp({ trustProxy = [] as string[] } = {}) {
  const database = await createTestDatabase();
  const { pool } = database;
  const now = (): Date => new Date();
  const secrets = createSealedBox([{ id: 'test', key: new Uint8Array(32).fill(7) }]);
  const services = createServiceStore(pool);
  const statuses = createStatusStore(pool);
  const inbound = createInboundStore(pool);
  const providers = createProviderStore(pool);
  const accounts = createProviderAccounts({ providers, secrets, onUnopened: () => undefined });
  const acceptance = { statuses, handover: noHandover, metrics: noMetrics, now };
  const acceptStatus = createAcceptStatus(acceptance);
  const acceptComplaint = createAcceptComplaint(acceptance);
  const acceptInbound = createAcceptInbound({ ...acceptance, services, inbound });
  const { sendTest } = createFakePorts();
  const sns = {
    certificate: async () => fixture('providers/sns-test-signing-cert.pem'),
    confirm: async () => undefined,
  };
  const door = { accounts, secrets, sns, now };
  /** What was logged as a failure, for the message of a test that finds one. */
  const failures: unknown[] = [];
  const ignore = (): void => undefined;
  const logger = {
    ...{ level: 'error', fatal: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore },
    ...{ silent: ignore, error: (about: unknown) => void failures.push(about) },
    child: () => logger,
  };
  const app = await createTestApp({
    services,
    apiKeys: createApiKeyStore(pool),
    callbacks: createCallbackStore(pool),
    communications: createCommunicationStore(pool),
    drains: createDrainStore(pool),
    campaigns: createCampaignStore(pool),
    batches: createBatchStore(pool),
    storedCallbacks: createStoredCallbacks(pool),
    redeliveries: createRedeliveries(pool),
    sendTest,
    notifications: createNotificationStore(pool),
    statuses,
    inbound,
    letterReports: createLetterReportStore(pool),
    setAsideRequests: createSetAsideRequests(pool),
    secrets,
    urlPolicy: createEgressPolicy({ allow: [], allowHttp: false }),
    acceptStatus,
    acceptComplaint,
    acceptProblem: createAcceptProblem(acceptance),
    acceptInbound,
    providers,
    accounts,
    receiveReceipts: createReceiveReceipts({
      ...door,
      acceptStatus,
      acceptComplaint,
      receipts: createReceiptStore(pool),
      onAmbiguous: () => undefined,
    }),
    receiveInbound: createReceiveInbound({ ...door, acceptInbound }),
    now,
    trustProxy,
    logger,
  });
  await app.app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;

  return {
    ...app,
    pool,
    port,
    failures,
    adminToken,
    exchange: (request: Buffer, idleMs = 500) => exchange(port, request, idleMs),
    async stop() {
      await app.app.close();
      await database.drop();
    },
  };
}

/** The status line, headers and body as they came; '' where the connection was closed without a word. */
function exchange(port: number, request: Buffer, idleMs: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    // What waits for the rest of a body that does not come is told so.
    socket.setTimeout(idleMs, () => socket.end());
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
