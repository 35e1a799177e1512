import { readFile } from 'node:fs/promises';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import { readTemporalTls, type TemporalTlsFiles } from '../domain/temporal-tls.ts';
import { attemptsTaskQueue } from '../../workflows/task-queues.ts';
import { mainTaskQueue } from './task-queues.ts';
import type { TemporalLog } from './temporal-runtime.ts';
import { UnwatchedWorker } from './unwatched-worker.ts';
import { attemptSlots, awaitSlots, workflowSlots } from './worker-slots.ts';

const reconnectMs = 1_000;
const shutdownTimes = { shutdownGraceTime: '10 seconds', shutdownForceTime: '20 seconds' } as const;

export type TemporalWorker = {
  /** A client on the worker's own connection, which is what makes eager starts possible; null while not connected. */
  client: () => Client | null;
  isPolling: () => boolean;
  start: () => void;
  /** Stops polling, gives running attempts ten seconds to end, then cuts them short. */
  stop: () => Promise<void>;
};

/**
 * Keeps the workers of a process polling: connects when Temporal is there, and again when it has been away for so long
 * that the SDK gave up. Each queue has slots of its own, so that attempts which hang there take none of the others'.
 */
export function createTemporalWorker(options: {
  address: string;
  tls: TemporalTlsFiles | null;
  namespace: string;
  bundle: WorkflowBundle | { codePath: string };
  activities: Activities;
  /** See `ownTaskQueue`. */
  ownTaskQueue: string;
  log: TemporalLog;
}): TemporalWorker {
  const { log } = options;
  let connection: NativeConnection | undefined;
  let client: Client | null = null;
  let workers: Worker[] = [];
  let isStopping = false;
  let running: Promise<void> = Promise.resolve();
  let askStop: () => void = () => undefined;
  const stopAsked = new Promise<void>((resolve) => (askStop = resolve));

  const createWorkers = (on: NativeConnection): Promise<Worker[]> => {
    const { namespace, activities } = options;
    const common = { connection: on, namespace, activities, ...shutdownTimes };
    return Promise.all([
      UnwatchedWorker.create({
        ...common,
        taskQueue: mainTaskQueue,
        workflowBundle: options.bundle,
        ...workflowSlots,
      }),
      Worker.create({
        ...common,
        taskQueue: attemptsTaskQueue(mainTaskQueue),
        ...attemptSlots,
      }),
      Worker.create({
        ...common,
        taskQueue: options.ownTaskQueue,
        ...awaitSlots,
        maxConcurrentActivityTaskPolls: 2,
      }),
    ]);
  };

  const shutDown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };

  const runOnce = async (): Promise<void> => {
    const tls = await readTemporalTls(options.tls, readFile);
    connection = await NativeConnection.connect({ address: options.address, tls });
    try {
      workers = await createWorkers(connection);
      client = new Client({ connection, namespace: options.namespace });
      // One that ends by itself takes the others along: all are made anew together.
      await Promise.all(workers.map((worker) => worker.run().finally(shutDown)));
    } finally {
      client = null;
      workers = [];
      await connection
        .close()
        .catch((cause: unknown) => log.warn({ err: cause }, 'the connection to Temporal did not close'));
    }
  };

  const keepRunning = async (): Promise<void> => {
    do {
      await runOnce().catch((cause: unknown) => {
        log.warn({ err: cause }, 'the worker cannot poll Temporal; it tries again');
      });
    } while (await waitUnlessStopping());
  };

  /** True when it is time to connect again, false when the worker is to end. */
  const waitUnlessStopping = async (): Promise<boolean> => {
    if (!isStopping)
      await Promise.race([stopAsked, new Promise((resolve) => setTimeout(resolve, reconnectMs))]);
    return !isStopping;
  };

  return {
    client: () => client,
    isPolling: () => workers.length > 0 && workers.every((worker) => worker.getState() === 'RUNNING'),
    start: () => {
      running = keepRunning();
    },
    stop: async () => {
      isStopping = true;
      askStop();
      shutDown();
      await running;
    },
  };
}
