import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import type { EmbeddedLog } from './embedded-log.ts';
import { endProcess } from './end-process.ts';
import { errorText } from './error-text.ts';
import { describeExit } from './spawn-process.ts';
import type { RunningProcess } from './spawn-process.ts';
import type { ManagedProcess, ManagedProcessState } from './managed-process.ts';
import { recordOf } from './process-record.ts';
import type { ProcessRecord } from './process-record.ts';

const firstDelayMs = 200;
const longestDelayMs = 5_000;
const steadyAfterMs = 30_000;
const firstStartTries = 5;
const quotedChars = 500;

/** Hears of every process a part has, so that none is left behind whatever happens to the supervisor. */
export type ProcessTracker = {
  began(part: ManagedProcess, record: ProcessRecord): Promise<void>;
  ended(part: ManagedProcess, record: ProcessRecord): Promise<void>;
};

export type SupervisedProcess = {
  /** Rejects when the first start has failed several times; only a part that was ready once is retried for ever. */
  firstReady: Promise<void>;
  state(): ManagedProcessState;
  stop(): Promise<void>;
};

/** Starts the part and starts it again whenever it ends, until `stop`. */
export function superviseProcess(
  part: ManagedProcess,
  log: EmbeddedLog,
  tracker: ProcessTracker,
): SupervisedProcess {
  const stopping = new AbortController();
  const stopped = new Promise<'stopped'>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve('stopped'));
  });
  const first = deferred();
  let state: ManagedProcessState = 'starting';
  let hasBeenReady = false;

  const isStopping = (): boolean => stopping.signal.aborted;

  /** Runs the part until it ends or is stopped, and says why it ended. */
  async function runOnce(): Promise<string> {
    const { process, record } = await startPart(part, tracker, stopping.signal);
    if (hasBeenReady) log.info({ part: part.name, pid: record.pid }, `${part.name} is running again`);
    state = 'running';
    hasBeenReady = true;
    first.resolve();
    const outcome = await Promise.race([process.exited, stopped]);
    if (outcome !== 'stopped') {
      await tracker.ended(part, record);
      return `${part.name} ended unexpectedly (${describeExit(outcome)})`;
    }
    await endPart(part, log, tracker, record);
    return `${part.name} was stopped`;
  }

  async function supervise(): Promise<void> {
    let delayMs = firstDelayMs;
    for (let failures = 0; ;) {
      const startedAt = Date.now();
      const why = await runOnce().catch((error: unknown) => {
        failures += 1;
        if (!hasBeenReady && failures >= firstStartTries) throw error;
        return `${part.name} could not be started: ${errorText(error)}`;
      });
      if (isStopping()) return;
      state = hasBeenReady ? 'restarting' : 'starting';
      if (Date.now() - startedAt > steadyAfterMs) delayMs = firstDelayMs;
      log.error({ part: part.name }, `${why}; starting it again in ${delayMs / 1000} s`);
      await Promise.race([sleep(delayMs), stopped]);
      if (isStopping()) return;
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    }
  }

  const supervision = supervise()
    .catch((error: unknown) => first.reject(new Error(`${part.name} could not be started`, { cause: error })))
    .finally(() => {
      state = 'stopped';
      first.reject(new Error(`${part.name} was stopped before it was ready.`));
    });

  return {
    firstReady: first.promise,
    state: () => state,
    stop: async () => {
      stopping.abort();
      await supervision;
    },
  };
}

type Started = { process: RunningProcess; record: ProcessRecord };

async function startPart(
  part: ManagedProcess,
  tracker: ProcessTracker,
  stopping: AbortSignal,
): Promise<Started> {
  const process = await part.launch();
  const record = recordOf(process.pid);
  if (record === null) throw new Error(`it ended at once (${describeExit(await process.exited)})`);
  await tracker.began(part, record);
  const patience = new AbortController();
  const giveUp = (): void => patience.abort();
  const timer = setTimeout(giveUp, part.readyTimeoutMs);
  stopping.addEventListener('abort', giveUp);
  try {
    await Promise.race([
      part.waitUntilReady(process, patience.signal),
      endedEarly(process),
      gaveUp(part, patience.signal),
    ]);
    return { process, record };
  } catch (error) {
    await endProcess(record, part.stopSignal, part.stopTimeoutMs);
    await tracker.ended(part, record);
    throw part.logFile === undefined ? error : await withLogEnd(error, part.logFile);
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener('abort', giveUp);
    patience.abort();
  }
}

async function withLogEnd(error: unknown, logFile: string): Promise<Error> {
  const text = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd();
  const lastLine = text.slice(text.lastIndexOf('\n') + 1).slice(0, quotedChars);
  return new Error(`${errorText(error)}; ${logFile} ends with: ${lastLine}`);
}

async function endedEarly(process: RunningProcess): Promise<never> {
  throw new Error(`it ended before it was ready (${describeExit(await process.exited)})`);
}

function gaveUp(part: ManagedProcess, patience: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const refuse = (): void => reject(new Error(`it was not ready within ${part.readyTimeoutMs / 1000} s`));
    patience.addEventListener('abort', refuse, { once: true });
    if (patience.aborted) refuse();
  });
}

async function endPart(
  part: ManagedProcess,
  log: EmbeddedLog,
  tracker: ProcessTracker,
  record: ProcessRecord,
): Promise<void> {
  const how = await endProcess(record, part.stopSignal, part.stopTimeoutMs);
  if (how === 'killed') {
    log.warn(
      { part: part.name },
      `${part.name} did not stop within ${part.stopTimeoutMs / 1000} s and was killed`,
    );
  }
  await tracker.ended(part, record);
}

type Deferred = { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void };

function deferred(): Deferred {
  let finish: Omit<Deferred, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => (finish = { resolve, reject }));
  promise.catch(() => undefined);
  if (finish === undefined) throw new Error('A promise runs its executor at once.');
  return { promise, ...finish };
}
