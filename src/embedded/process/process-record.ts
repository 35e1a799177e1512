import { readFile } from 'node:fs/promises';

import { hasErrorCode } from './error-text.ts';
import { isSameProcess, processIdentity } from './process-identity.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** A process as a file remembers it, so that a later one with the same pid is never taken for it. */
export type ProcessRecord = { pid: number; identity: string };

/** The record of a running process; null when it is already gone. */
export function recordOf(pid: number): ProcessRecord | null {
  const identity = processIdentity(pid);
  return identity === null ? null : { pid, identity };
}

export function isRunning(record: ProcessRecord): boolean {
  return isSameProcess(record.pid, record.identity);
}

export async function writeProcessRecord(path: string, record: ProcessRecord): Promise<void> {
  await writeFileAtomically(path, JSON.stringify(record), 0o600);
}

/** Null when there is no such file or it holds nothing usable (a crash while it was written). */
export async function readProcessRecord(path: string): Promise<ProcessRecord | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isProcessRecord(value) ? { pid: value.pid, identity: value.identity } : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isProcessRecord(value: unknown): value is ProcessRecord {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value))
    return false;
  return typeof value.pid === 'number' && value.pid > 1 && typeof value.identity === 'string';
}
