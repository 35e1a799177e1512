import type { RunningProcess } from './spawn-process.ts';

/** One process that Ringback starts, watches and stops. */
export interface ManagedProcess {
  readonly name: string;
  /** What asks it to end in an orderly way. */
  readonly stopSignal: NodeJS.Signals;
  /** After this long without ending it is killed. */
  readonly stopTimeoutMs: number;
  readonly readyTimeoutMs: number;
  /** Its end is quoted when the part cannot be started. */
  readonly logFile?: string;
  /** Starts the process; called again for every restart. */
  launch(): Promise<RunningProcess>;
  /** Resolves when the part can be used; `signal` says when nobody waits any longer. */
  waitUntilReady(process: RunningProcess, signal: AbortSignal): Promise<void>;
}

export type ManagedProcessState = 'starting' | 'running' | 'restarting' | 'stopped';
