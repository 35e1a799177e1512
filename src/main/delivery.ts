import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import {
  createActivities,
  createHeldAttempts,
  createOpenAttempts,
  type SendPorts,
} from '../../activities/index.ts';
import type { Config } from '../config.ts';
import { createBatchStore } from '../db/batch-store.ts';
import { createDeliveryStore } from '../db/delivery-store.ts';
import { createDispatchQueue } from '../db/dispatch-queue.ts';
import { createDispatchSignal } from '../db/dispatch-signal.ts';
import { createDrainStore } from '../db/drain-store.ts';
import { createLetterReportStore } from '../db/letter-report-store.ts';
import { createMailStore } from '../db/mail-store.ts';
import { createNotificationStore } from '../db/notification-store.ts';
import { createReceiptStore } from '../db/receipt-store.ts';
import { createServiceStore } from '../db/service-store.ts';
import { createStatusStore } from '../db/status-store.ts';
import { createWorkflowRequests } from '../db/workflow-requests.ts';
import { createAttemptGate } from '../dispatch/attempt-gate.ts';
import { createDispatcher, type Dispatcher } from '../dispatch/dispatcher.ts';
import { createWorkflowRelay } from '../dispatch/workflow-relay.ts';
import { temporalTlsFiles } from '../domain/temporal-tls.ts';
import type { DispatchEntry } from '../ports/index.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createMemberWorkflows } from '../temporal/start-member.ts';
import { createWorkflowStarter } from '../temporal/start-workflow.ts';
import { ownTaskQueue } from '../temporal/task-queues.ts';
import { installTemporalRuntime } from '../temporal/temporal-runtime.ts';
import { createTemporalWorker, type TemporalWorker } from '../temporal/temporal-worker.ts';
import { mostAttempts, mostHeldAttempts, mostInLine } from '../temporal/worker-slots.ts';
import { createWorkflows } from '../temporal/tell-workflows.ts';
import { loadWorkflowBundle } from '../temporal/workflow-bundle.ts';
import { createAcceptComplaint } from '../use-cases/accept-complaint.ts';
import { createReportProblem } from '../use-cases/accept-problem.ts';
import { createAcceptStatus } from '../use-cases/accept-status.ts';
import { createAdvanceBatch } from '../use-cases/advance-batch.ts';
import { lookAtEarlyReceipts } from '../use-cases/look-at-early-receipts.ts';
import { createTellReturnedLetters } from '../use-cases/tell-returned-letters.ts';
import { timeOutNotification } from '../use-cases/time-out-notification.ts';
import { reportAmbiguous, startEarlyReceipts } from './early-receipts.ts';
import { createMailer } from './create-mailer.ts';
import { publicUrlOf } from './public-url.ts';

export type Delivery = {
  dispatcher: Dispatcher;
  worker: TemporalWorker;
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
  const gate = createAttemptGate({ mostAttempts, mostInLine });
  const openAttempts = createOpenAttempts();
  // What workflows accept is dispatched as what callers report.
  const acceptance = {
    statuses: createStatusStore(pool),
    handover: {
      owner: () => dispatcher.owner(),
      isFull: (receiverId: string) => dispatcher.isFull(receiverId),
      waiting: (callers: number) => dispatcher.waiting(callers),
      take: (entries: readonly DispatchEntry[]) => dispatcher.take(entries),
    },
    metrics,
    now: () => new Date(),
  };
  const acceptStatus = createAcceptStatus(acceptance);
  const timeoutPorts = {
    notifications: createNotificationStore(pool),
    services: createServiceStore(pool),
    acceptStatus,
  };
  const receiptPorts = {
    receipts: createReceiptStore(pool),
    acceptStatus,
    acceptComplaint: createAcceptComplaint(acceptance),
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
      openAttempts,
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
      reportProblem: createReportProblem(acceptance),
      stepOfBatch: createAdvanceBatch({
        ...acceptance,
        batches: createBatchStore(pool),
        memberWorkflows: createMemberWorkflows(() => worker.client()),
      }),
      timeOut: (notificationId) => timeOutNotification(timeoutPorts, notificationId),
      tellReturnedLetters: createTellReturnedLetters({
        ...acceptance,
        letterReports: createLetterReportStore(pool),
      }),
    }),
    ownTaskQueue: ownTaskQueue(processId),
    log,
  });
  const dispatcher: Dispatcher = createDispatcher({
    owner: processId,
    queue: createDispatchQueue(pool),
    workflows: createWorkflows(worker.client, { isEager: true }),
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

  const earlyReceipts = startEarlyReceipts(() => lookAtEarlyReceipts(receiptPorts), metrics, log);

  worker.start();
  await dispatcher.start();
  relay.start();
  offers.listen(() => {
    dispatcher.nudge();
    relay.nudge();
  });
  return {
    dispatcher,
    worker,
    async stop() {
      await offers.stop();
      await earlyReceipts.stop();
      await relay.stop();
      await dispatcher.stop();
      // An exchange has as long to end as an activity, and is recorded before its workflow could look elsewhere.
      await Promise.all([worker.stop(), openAttempts.stop(9_000)]);
      mailer.close();
    },
  };
}
