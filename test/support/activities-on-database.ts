// All activities over the real database, as a worker has them; what they would send outside is written down instead.
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Pool } from 'pg';
import { createActivities, type Activities } from '../../activities/index.ts';
import { createBatchStore } from '../../src/db/batch-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createDrainStore } from '../../src/db/drain-store.ts';
import { createLetterReportStore } from '../../src/db/letter-report-store.ts';
import { createMailStore } from '../../src/db/mail-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createServiceStore } from '../../src/db/service-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { createAdvanceBatch } from '../../src/use-cases/advance-batch.ts';
import { createTellReturnedLetters } from '../../src/use-cases/tell-returned-letters.ts';
import { timeOutNotification } from '../../src/use-cases/time-out-notification.ts';
import { noHandover, noMetrics } from './db-fixture.ts';
import { createFakeDelivery, type Receiver } from './fake-delivery.ts';

export function activitiesOnDatabase(pool: Pool, receiver: Receiver) {
  const sent = { callbacks: 0, mails: [] as string[], members: [] as string[] };
  const { ports } = createFakeDelivery([], async (attempt) => {
    sent.callbacks += 1;
    return receiver(attempt);
  });
  const acceptance = {
    ...{ statuses: createStatusStore(pool), handover: noHandover, metrics: noMetrics },
    now: () => new Date(),
  };
  const timeoutPorts = {
    notifications: createNotificationStore(pool),
    services: createServiceStore(pool),
    acceptStatus: createAcceptStatus(acceptance),
  };
  const mails = { isTaken: async () => undefined as void };
  const activities = createActivities({
    ...ports,
    deliveries: createDeliveryStore(pool),
    mails: createMailStore(pool),
    mailer: {
      send: async ({ to }) => {
        sent.mails.push(to);
        await mails.isTaken();
      },
      close: () => undefined,
    },
    publicUrl: 'https://ringback.example',
    drains: createDrainStore(pool),
    timeOut: (notificationId) => timeOutNotification(timeoutPorts, notificationId),
    tellReturnedLetters: createTellReturnedLetters({
      ...acceptance,
      letterReports: createLetterReportStore(pool),
    }),
    stepOfBatch: createAdvanceBatch({
      ...acceptance,
      batches: createBatchStore(pool),
      memberWorkflows: { start: async ({ notificationId }) => void sent.members.push(notificationId) },
    }),
  });

  /** Calls an activity as Temporal does for a workflow of this id; each call is an activity of its own. */
  let calls = 0;
  const call = async <Name extends keyof Activities>(
    name: Name,
    input: unknown,
    workflowId = 'forged',
  ): Promise<unknown> => {
    calls += 1;
    const env = new MockActivityEnvironment(
      {
        activityId: String(calls),
        workflowExecution: { workflowId, runId: `run of ${workflowId}` },
      },
      { logger: new DefaultLogger('ERROR') },
    );
    return env.run(activities[name] as (given: unknown) => Promise<unknown>, input);
  };
  return { call, sent, mails };
}
