import { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import type { TemporalLog } from './temporal-runtime.ts';
import { mainTaskQueue } from './task-queues.ts';

const reconnectMs = 1_000;

export type TemporalWorker = {
  /** A client on the worker's own connection, which is what makes eager starts possible; null while not connected. */
  client: () => Client | null;
  isPolling: () => boolean;
  start: () => void;
  /** Stops polling, gives running attempts ten seconds to end, then cuts them short. */
  stop: () => Promise<void>;
};

/**
 * Keeps one worker polling: connects when Temporal is there, and again when it has been away for so long that the
 * SDK gave up.
 */
export function createTemporalWorker(options: {
  address: string;
  namespace: string;
  bundle: WorkflowBundle | { codePath: string };
  activities: Activities;
  log: TemporalLog;
}): TemporalWorker {
  const { log } = options;
  let connection: NativeConnection | undefined;
  let client: Client | null = null;
  let worker: Worker | undefined;
  let isStopping = false;
  let running: Promise<void> = Promise.resolve();
  let askStop: () => void = () => undefined;
  const stopAsked = new Promise<void>((resolve) => (askStop = resolve));

  const runOnce = async (): Promise<void> => {
    connection = await NativeConnection.connect({ address: options.address });
    try {
      worker = await Worker.create({
        connection,
        namespace: options.namespace,
        taskQueue: mainTaskQueue,
        workflowBundle: options.bundle,
        activities: options.activities,
        // A first attempt holds its workflow task while its receiver thinks; the dispatcher's bound is what keeps the
        // processor from being overrun.
        maxConcurrentWorkflowTaskExecutions: 100,
        maxConcurrentLocalActivityExecutions: 100,
        maxConcurrentActivityTaskExecutions: 200,
        shutdownGraceTime: '10 seconds',
        shutdownForceTime: '20 seconds',
      });
      client = new Client({ connection, namespace: options.namespace });
      await worker.run();
    } finally {
      client = null;
      worker = undefined;
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
    isPolling: () => worker?.getState() === 'RUNNING',
    start: () => {
      running = keepRunning();
    },
    stop: async () => {
      isStopping = true;
      askStop();
      if (worker?.getState() === 'RUNNING') worker.shutdown();
      await running;
    },
  };
}
