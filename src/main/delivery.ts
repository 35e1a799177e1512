import { createAcceptor, type Acceptor } from '../use-cases/acceptance/accept-events.ts';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import {
  createActivities,
  createHeldAttempts,
  createInFlightAttempts,
  type SendPorts,
} from '../../activities/index.ts';
import type { Config } from '../config.ts';
import { createBatchStore } from '../db/campaigns/batch-store.ts';
import { createDeliveryStore } from '../db/delivery/delivery-store.ts';
import { createDispatchQueue } from '../db/dispatch/dispatch-queue.ts';
import { createDispatchSignal } from '../db/dispatch/dispatch-signal.ts';
import { createDrainStore } from '../db/callbacks/drain-store.ts';
import { createLetterReportStore } from '../db/notifications/letter-report-store.ts';
import { createMailStore } from '../db/callbacks/mail-store.ts';
import { createNotificationStore } from '../db/notifications/notification-store.ts';
import { createReceiptStore } from '../db/providers/receipt-store.ts';
import { createServiceStore } from '../db/access/service-store.ts';
import { createStatusStore } from '../db/acceptance/status-store.ts';
import { createWorkflowRequests } from '../db/dispatch/workflow-requests.ts';
import { createConcurrencyLimiter } from '../delivery/concurrency-limiter.ts';
import { createDispatcher, type Dispatcher } from '../dispatch/dispatcher.ts';
import { createWorkflowRelay } from '../dispatch/workflow-relay.ts';
import { temporalTlsFiles } from '../domain/temporal-tls.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createMemberWorkflows } from '../temporal/start-member.ts';
import { createWorkflowStarter } from '../temporal/start-workflow.ts';
import { ownTaskQueue } from '../temporal/task-queues.ts';
import { installTemporalRuntime } from '../temporal/temporal-runtime.ts';
import { createTemporalWorker, type TemporalWorker } from '../temporal/temporal-worker.ts';
import { mostAttempts, mostHeldAttempts, mostInLine } from '../temporal/worker-slots.ts';
import { createWorkflowStarts } from '../temporal/start-or-signal.ts';
import { loadWorkflowBundle } from '../temporal/workflow-bundle.ts';
import { createAcceptComplaint } from '../use-cases/acceptance/accept-complaint.ts';
import { createReportProblem } from '../use-cases/acceptance/accept-problem.ts';
import { createAcceptStatus } from '../use-cases/acceptance/accept-status.ts';
import { createAdvanceBatch } from '../use-cases/campaigns/advance-batch.ts';
import { matchEarlyReceipts } from '../use-cases/providers/match-early-receipts.ts';
import { createProcessReturnedLetters } from '../use-cases/letters/process-returned-letters.ts';
import { timeOutNotification } from '../use-cases/acceptance/time-out-notification.ts';
import { reportAmbiguous, startEarlyReceipts } from './early-receipts.ts';
import { createMailer } from './create-mailer.ts';
import { publicUrlOf } from './public-url.ts';

export type Delivery = {
  dispatcher: Dispatcher;
  worker: TemporalWorker;
  acceptor: Acceptor;
  stop(): Promise<void>;
};

/** The half of a process that delivers: the dispatcher, the Temporal worker and what its activities need. */
export async function startDelivery(
  config: Config & { DATABASE_URL: string; TEMPORAL_ADDRESS: string },
  parts: { pool: Pool; sending: SendPorts; metrics: Metrics; log: Logger },
): Promise<Delivery> {
  const { pool, sending, metrics, log } = parts;
  installTemporalRuntime(log);
  const mailer = createMailer(config, log);
  const processId = uuidv7();
  const gate = createConcurrencyLimiter({ mostAttempts, mostInLine });
  const inFlightAttempts = createInFlightAttempts();
  // One for the process: what workflows accept shares its groups with what callers report.
  const acceptor = createAcceptor({
    statuses: createStatusStore(pool),
    dispatchSink: {
      owner: () => dispatcher.owner(),
      isSaturated: (receiverId) => dispatcher.isSaturated(receiverId),
      setPendingCallers: (callers) => dispatcher.setPendingCallers(callers),
      enqueue: (entries) => dispatcher.enqueue(entries),
    },
    metrics,
    now: () => new Date(),
  });
  const acceptStatus = createAcceptStatus(acceptor);
  const timeoutPorts = {
    notifications: createNotificationStore(pool),
    services: createServiceStore(pool),
    acceptStatus,
  };
  const receiptPorts = {
    receipts: createReceiptStore(pool),
    acceptStatus,
    acceptComplaint: createAcceptComplaint(acceptor),
    onAmbiguous: reportAmbiguous(metrics, log),
    now: () => new Date(),
  };
  const worker: TemporalWorker = createTemporalWorker({
    address: config.TEMPORAL_ADDRESS,
    tls: temporalTlsFiles(config),
    namespace: config.TEMPORAL_NAMESPACE,
    bundle: await loadWorkflowBundle(),
    activities: createActivities({
      deliveries: createDeliveryStore(pool),
      ...sending,
      metrics,
      gate,
      inFlightAttempts,
      heldAttempts: createHeldAttempts(mostHeldAttempts),
      patienceMs: 4_000,
      ownTaskQueue: ownTaskQueue(processId),
      attempting: (notificationId) => dispatcher.attempting(notificationId),
      answered: (notificationId) => dispatcher.answered(notificationId),
      attempted: (notificationId) => dispatcher.attempted(notificationId),
      mails: createMailStore(pool),
      mailer,
      publicUrl: publicUrlOf(config),
      drains: createDrainStore(pool),
      reportProblem: createReportProblem(acceptor),
      stepOfBatch: createAdvanceBatch({
        ...acceptor,
        batches: createBatchStore(pool),
        memberWorkflows: createMemberWorkflows(() => worker.client()),
      }),
      timeOut: (notificationId) => timeOutNotification(timeoutPorts, notificationId),
      processReturnedLetters: createProcessReturnedLetters({
        ...acceptor,
        letterReports: createLetterReportStore(pool),
      }),
    }),
    ownTaskQueue: ownTaskQueue(processId),
    log,
  });
  const dispatcher: Dispatcher = createDispatcher({
    owner: processId,
    queue: createDispatchQueue(pool),
    workflows: createWorkflowStarts(worker.client, { isEager: true }),
    metrics,
    log,
    gate,
    onProcesses: (count) => gate.setProcesses(count),
    maxInFlight: 16,
    pressedFrom: 8,
    maxInFlightWhenPressed: 1,
    patienceMs: 500,
    forgetEveryMs: 100,
    restMs: 30_000,
    maxInMemory: 50_000,
    maxInMemoryPerReceiver: 2_000,
    claimPerReceiver: 100,
    fewInMemory: 1_000,
    beatsPerComparison: 30,
    beatSeconds: 1,
    leaseSeconds: 5,
  });
  const relay = createWorkflowRelay({
    requests: createWorkflowRequests(pool),
    starter: createWorkflowStarter(worker.client),
    log,
    everySeconds: 1,
  });
  const offers = createDispatchSignal(config.DATABASE_URL);

  const earlyReceipts = startEarlyReceipts(() => matchEarlyReceipts(receiptPorts), metrics, log);

  worker.start();
  await dispatcher.start();
  relay.start();
  offers.listen(() => {
    dispatcher.wake();
    relay.wake();
  });
  return {
    dispatcher,
    worker,
    acceptor,
    async stop() {
      await offers.stop();
      await earlyReceipts.stop();
      await relay.stop();
      await dispatcher.stop();
      // An exchange has as long to end as an activity, and is recorded before its workflow could look elsewhere.
      await Promise.all([worker.stop(), inFlightAttempts.stop(9_000)]);
      mailer.close();
    },
  };
}
