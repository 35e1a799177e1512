import type { EmbeddedLog } from './embedded-log.ts';
import type { Reaper } from './reaper.ts';
import { startReaper } from './reaper.ts';
import type { ManagedProcess, ManagedProcessState } from './managed-process.ts';
import { forgetProcess, rememberProcess, stopLeftovers } from './process-files.ts';
import { superviseProcess } from './supervise-process.ts';
import type { ProcessTracker, SupervisedProcess } from './supervise-process.ts';

export interface Supervisor {
  /** Starts a part that may use all those added before it, and resolves when it is ready. */
  readonly add: (part: ManagedProcess) => Promise<void>;
  readonly states: () => Readonly<Record<string, ManagedProcessState>>;
  /** Stops the parts, the last one first. Calling it again waits for the same stop. */
  readonly stop: () => Promise<void>;
}

/** Supervises parts; their pids are kept in `runFolder`, which exists. Leftovers named there are ended first. */
export async function createSupervisor(runFolder: string, log: EmbeddedLog): Promise<Supervisor> {
  await stopLeftovers(runFolder, log);
  const keeper = startReaper();
  const tracker = trackProcesses(runFolder, keeper);
  const parts: { name: string; supervised: SupervisedProcess }[] = [];
  let isStopping = false;
  let stopped: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    isStopping = true;
    for (const { supervised } of parts.toReversed()) await supervised.stop();
    keeper.close();
  }

  return {
    add: async (part) => {
      if (isStopping) throw new Error(`${part.name} is not started: everything is being stopped.`);
      const supervised = superviseProcess(part, log, tracker);
      parts.push({ name: part.name, supervised });
      await supervised.firstReady;
    },
    states: () => Object.fromEntries(parts.map(({ name, supervised }) => [name, supervised.state()])),
    stop: () => (stopped ??= stopAll()),
  };
}

function trackProcesses(runFolder: string, keeper: Reaper): ProcessTracker {
  return {
    began: async (part, record) => {
      keeper.keep(record.pid, part.stopSignal);
      await rememberProcess(runFolder, part.name, part.stopSignal, record);
    },
    ended: async (part, record) => {
      keeper.drop(record.pid);
      await forgetProcess(runFolder, part.name, part.stopSignal);
    },
  };
}
