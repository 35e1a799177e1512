import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { createActivities } from '../../activities/index.ts';
import type { Config } from '../config.ts';
import { createDeliveryStore } from '../db/delivery-store.ts';
import { createDispatchQueue } from '../db/dispatch-queue.ts';
import { createDispatchSignal } from '../db/dispatch-signal.ts';
import { createDispatcher, type Dispatcher } from '../dispatch/dispatcher.ts';
import type { EgressPolicy } from '../net/egress-policy.ts';
import { createAccessTokens } from '../net/access-tokens.ts';
import { createClientCertificateSenders } from '../net/client-certificate-senders.ts';
import { createGuardedAgent } from '../net/guarded-agent.ts';
import { createHttpSender } from '../net/http-sender.ts';
import type { DeliveryMetrics, SecretBox } from '../ports.ts';
import { installTemporalRuntime } from '../temporal/temporal-runtime.ts';
import { createTemporalWorker, type TemporalWorker } from '../temporal/temporal-worker.ts';
import { createWorkflows } from '../temporal/tell-workflows.ts';
import { loadWorkflowBundle } from '../temporal/workflow-bundle.ts';

export type Delivery = {
  dispatcher: Dispatcher;
  worker: TemporalWorker;
  stop(): Promise<void>;
};

/** The half of a process that delivers: the dispatcher, the Temporal worker and what its activities need. */
export async function startDelivery(
  config: Config & { DATABASE_URL: string; TEMPORAL_ADDRESS: string },
  parts: {
    pool: Pool;
    secrets: SecretBox;
    metrics: DeliveryMetrics;
    egress: EgressPolicy;
    version: string;
    log: Logger;
  },
): Promise<Delivery> {
  const { pool, secrets, metrics, egress, version, log } = parts;
  installTemporalRuntime(log);
  const agent = createGuardedAgent(egress, { proxy: config.EGRESS_PROXY });
  const plainSender = createHttpSender(agent);
  const sender = createClientCertificateSenders(plainSender, ({ certificate, private_key }) => {
    const own = createGuardedAgent(egress, {
      proxy: config.EGRESS_PROXY,
      clientCertificate: { cert: certificate, key: private_key },
    });
    return { sender: createHttpSender(own, { maxIdleConnections: 8 }), close: () => own.close() };
  });
  const worker = createTemporalWorker({
    address: config.TEMPORAL_ADDRESS,
    namespace: config.TEMPORAL_NAMESPACE,
    bundle: await loadWorkflowBundle(),
    activities: createActivities({
      deliveries: createDeliveryStore(pool),
      sender,
      secrets,
      accessTokens: createAccessTokens({ sender: plainSender }),
      metrics,
      attempted: (notificationId) => dispatcher.attempted(notificationId),
      userAgent: `ringback/${version}`,
    }),
    log,
  });
  const dispatcher: Dispatcher = createDispatcher({
    owner: uuidv7(),
    queue: createDispatchQueue(pool),
    workflows: createWorkflows(worker.client, { isEager: true }),
    metrics,
    log,
    maxInFlight: 16,
    patienceMs: 500,
    restMs: 30_000,
    maxInMemory: 5_000,
    beatSeconds: 1,
    leaseSeconds: 5,
  });
  const offers = createDispatchSignal(config.DATABASE_URL);

  worker.start();
  await dispatcher.start();
  offers.listen(dispatcher.nudge);
  return {
    dispatcher,
    worker,
    async stop() {
      await offers.stop();
      await dispatcher.stop();
      await worker.stop();
      await sender.close();
      await agent.destroy();
    },
  };
}
