import { setTimeout as sleep } from 'node:timers/promises';

import { hasErrorCode } from './error-text.ts';
import { isRunning } from './process-record.ts';
import type { ProcessRecord } from './process-record.ts';

const pollMs = 25;
const killTimeoutMs = 5_000;

/** Asks a process to end and, after `timeoutMs`, makes it. Resolves when it is gone; says whether force was needed. */
export async function endProcess(
  record: ProcessRecord,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<'ended' | 'killed'> {
  if (await signalAndWait(record, signal, timeoutMs)) return 'ended';
  if (await signalAndWait(record, 'SIGKILL', killTimeoutMs)) return 'killed';
  throw new Error(`Process ${record.pid} does not end, not even by SIGKILL.`);
}

async function signalAndWait(
  record: ProcessRecord,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  if (!isRunning(record)) return true;
  sendSignal(record.pid, signal);
  while (isRunning(record)) {
    if (Date.now() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
