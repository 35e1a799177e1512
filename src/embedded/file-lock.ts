import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { hasErrorCode } from './error-text.ts';
import { isRunning, readProcessRecord, recordOf } from './process-record.ts';
import type { ProcessRecord } from './process-record.ts';

const pollMs = 250;
const takeoverStaleMs = 10_000;

export type FileLock = { release(): Promise<void> };
export type FileLockAttempt = { lock: FileLock } | { heldBy: number };

/** Takes the lock, or says which process holds it. A lock whose process is gone is taken over. */
export async function tryFileLock(path: string): Promise<FileLockAttempt> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  for (;;) {
    if (await linkOwnRecord(path)) return { lock: { release: () => rm(path, { force: true }) } };
    const holder = await readProcessRecord(path);
    if (holder !== null && isRunning(holder)) return { heldBy: holder.pid };
    await removeDeadLock(path);
  }
}

/** Runs `work` under the lock; `onWait` is told once which process is being waited for. */
export async function withFileLock<T>(
  path: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let hasWaited = false;
  for (;;) {
    const attempt = await tryFileLock(path);
    if ('lock' in attempt) {
      try {
        return await work();
      } finally {
        await attempt.lock.release();
      }
    }
    if (!hasWaited) onWait(attempt.heldBy);
    hasWaited = true;
    await sleep(pollMs);
  }
}

// A link appears with its content, so that nobody ever reads a lock that does not say whose it is.
async function linkOwnRecord(path: string): Promise<boolean> {
  const own = `${path}.${randomUUID()}`;
  const record: ProcessRecord = recordOf(process.pid) ?? { pid: process.pid, identity: '' };
  await writeFile(own, JSON.stringify(record), { mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

// Two that find the same dead lock: without this second one, the slower would remove the faster one's new lock.
async function removeDeadLock(path: string): Promise<void> {
  const takeover = `${path}.takeover`;
  try {
    await mkdir(takeover);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    await removeIfOlder(takeover, takeoverStaleMs);
    await sleep(pollMs);
    return;
  }
  try {
    const holder = await readProcessRecord(path);
    if (holder === null || !isRunning(holder)) await rm(path, { force: true });
  } finally {
    await rm(takeover, { recursive: true, force: true });
  }
}

async function removeIfOlder(path: string, ageMs: number): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > ageMs) await rm(path, { recursive: true, force: true });
}
