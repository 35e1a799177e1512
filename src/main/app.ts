// One process of Ringback, composed: what `npm start` supervises as one of its parts, and what a container runs.
import { createAcceptor } from '../use-cases/acceptance/accept-events.ts';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createSealedBox } from '../crypto/sealed-box.ts';
import { createApiKeyStore } from '../db/access/api-key-store.ts';
import { createBatchStore } from '../db/campaigns/batch-store.ts';
import { createCallbackStore } from '../db/callbacks/callback-store.ts';
import { createCampaignStore } from '../db/campaigns/campaign-store.ts';
import { createCommunicationStore } from '../db/callbacks/communication-store.ts';
import { createDispatchQueue } from '../db/dispatch/dispatch-queue.ts';
import { createDrainStore } from '../db/callbacks/drain-store.ts';
import { setUpOrRequireCurrent } from '../db/postgres/migrate.ts';
import { createInboundStore } from '../db/notifications/inbound-store.ts';
import { createLetterReportStore } from '../db/notifications/letter-report-store.ts';
import { createNotificationStore } from '../db/notifications/notification-store.ts';
import { createProviderStore } from '../db/providers/provider-store.ts';
import { createReceiptStore } from '../db/providers/receipt-store.ts';
import { createPool } from '../db/postgres/pool.ts';
import { createRedeliveries } from '../db/notifications/redeliveries.ts';
import { createServiceStore } from '../db/access/service-store.ts';
import { createSetAsideRequests } from '../db/dispatch/set-aside-requests.ts';
import { createStatusStore } from '../db/acceptance/status-store.ts';
import { createStoredCallbacks } from '../db/delivery/stored-callback.ts';
import { buildApp } from '../http/build-app.ts';
import { createEgressPolicy } from '../net/egress/egress-policy.ts';
import { createSns } from '../net/sns.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { workflowUrl } from '../temporal/workflow-url.ts';
import { createAcceptComplaint } from '../use-cases/acceptance/accept-complaint.ts';
import { noDispatchSink } from '../use-cases/acceptance/accept-events.ts';
import { createAcceptInbound } from '../use-cases/acceptance/accept-inbound.ts';
import { createAcceptProblem } from '../use-cases/acceptance/accept-problem.ts';
import { createAcceptStatus } from '../use-cases/acceptance/accept-status.ts';
import { createProviderAccounts } from '../use-cases/providers/provider-accounts.ts';
import { createReceiveInbound } from '../use-cases/providers/receive-inbound.ts';
import { createReceiveReceipts } from '../use-cases/providers/receive-receipts.ts';
import { startDelivery } from './delivery.ts';
import { reportAmbiguous } from './early-receipts.ts';
import type { InstallationSecrets } from './installation-secrets.ts';
import { createOutbound } from './outbound.ts';
import { publicUrlOf } from './public-url.ts';
import { reportUnopenedCredentials } from './unopened-credentials.ts';
import { createReadiness } from './readiness.ts';
import { createSendTest } from './send-test.ts';
import { version } from './version.ts';

export type RunningApp = { url: string; stop(): Promise<void> };

/** Starts what `ROLE` asks for and listens; the database must be new or current. `stop` first refuses new work, then lets running work end. */
export async function startApp(
  config: Config & { DATABASE_URL: string; TEMPORAL_ADDRESS: string },
  secrets: InstallationSecrets,
  log: Logger,
): Promise<RunningApp> {
  const pool = createPool(config.DATABASE_URL, { max: 20, application_name: `ringback-${config.ROLE}` });
  const applied = await setUpOrRequireCurrent(pool);
  if (applied.length > 0) log.info({ migrations: applied }, 'new database set up');
  const box = createSealedBox(secrets.sealingKeys);
  const queue = createDispatchQueue(pool);
  const setAsideRequests = createSetAsideRequests(pool);
  const metrics = createMetrics(
    () => queue.depth(),
    () => setAsideRequests.count(),
  );
  const egress = createEgressPolicy({
    allow: config.EGRESS_ALLOW,
    allowHttp: config.EGRESS_ALLOW_HTTP,
    ports: config.EGRESS_PORTS,
  });
  const outbound = createOutbound(config, { egress, metrics, log });
  const sending = {
    sender: outbound.sender,
    accessTokens: outbound.accessTokens,
    secrets: box,
    userAgent: `ringback/${version}`,
    publicUrl: publicUrlOf(config),
    onUnopenedCredentials: reportUnopenedCredentials(metrics, log),
  };
  const delivery =
    config.ROLE === 'api' ? null : await startDelivery(config, { pool, sending, metrics, log });
  const statuses = createStatusStore(pool);
  const notifications = createNotificationStore(pool);
  const services = createServiceStore(pool);
  const inbound = createInboundStore(pool);
  const acceptor =
    delivery?.acceptor ??
    createAcceptor({ statuses, dispatchSink: noDispatchSink, metrics, now: () => new Date() });
  const acceptStatus = createAcceptStatus(acceptor);
  const acceptComplaint = createAcceptComplaint(acceptor);
  const acceptInbound = createAcceptInbound({ ...acceptor, services, inbound });
  const providers = createProviderStore(pool);
  for (const unchecked of await providers.unchecked())
    log.warn(
      unchecked,
      'nothing that this provider reports for this service is checked: its credentials are none',
    );
  const accounts = createProviderAccounts({
    providers,
    secrets: box,
    onUnopened: (unopened) => {
      metrics.secretUnopened('provider');
      log.error(
        unopened,
        'the credentials of this provider cannot be decrypted: nothing it reports for this service is taken until they are configured again or RINGBACK_SECRET_KEYS has their key',
      );
    },
  });
  const door = { accounts, secrets: box, sns: createSns(outbound.sender), now: () => new Date() };
  const uiUrl = config.TEMPORAL_UI_URL;
  const app = await buildApp({
    services,
    apiKeys: createApiKeyStore(pool),
    callbacks: createCallbackStore(pool),
    communications: createCommunicationStore(pool),
    drains: createDrainStore(pool),
    campaigns: createCampaignStore(pool),
    batches: createBatchStore(pool),
    storedCallbacks: createStoredCallbacks(pool),
    redeliveries: createRedeliveries(pool),
    sendTest: createSendTest(sending),
    notifications,
    statuses,
    inbound,
    letterReports: createLetterReportStore(pool),
    setAsideRequests,
    secrets: box,
    urlPolicy: egress,
    acceptStatus,
    acceptComplaint,
    acceptProblem: createAcceptProblem(acceptor),
    acceptInbound,
    providers,
    accounts,
    receiveReceipts: createReceiveReceipts({
      ...door,
      acceptStatus,
      acceptComplaint,
      receipts: createReceiptStore(pool),
      onAmbiguous: reportAmbiguous(metrics, log),
    }),
    receiveInbound: createReceiveInbound({ ...door, acceptInbound }),
    workflowUrl: (workflowId) => (uiUrl ? workflowUrl(uiUrl, config.TEMPORAL_NAMESPACE, workflowId) : null),
    readiness: createReadiness(pool, delivery, outbound),
    renderMetrics: () => metrics.render(),
    now: () => new Date(),
    onUnopenedKey: (unopened) => {
      metrics.secretUnopened('api_key');
      log.error(
        unopened,
        'this API key cannot be decrypted: its callers get 503 until RINGBACK_SECRET_KEYS has its key, or they are given another',
      );
    },
    adminToken: secrets.adminToken,
    trustProxy: config.TRUST_PROXY,
    limits: {
      requestsPerSecond: config.RATE_LIMIT_PER_SECOND,
      failuresPerSecond: config.AUTH_FAILURES_PER_SECOND,
      maxConnections: config.MAX_CONNECTIONS,
    },
    version,
    isApiServed: config.ROLE !== 'worker',
    logger: log,
  });
  const url = await app.listen({ host: config.HOST, port: config.PORT });
  return {
    url,
    async stop() {
      await app.close();
      await delivery?.stop();
      await outbound.close();
      await pool.end();
    },
  };
}
