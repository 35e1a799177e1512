import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { EmbeddedLog } from '../process/embedded-log.ts';
import { endProcess } from '../process/end-process.ts';
import { postmasterPid } from './postgres-cluster.ts';
import { recordOf } from '../process/process-record.ts';

const fastShutdown = 'SIGINT';
const timeoutMs = 20_000;

/** Makes the data folder startable: ends a postmaster that still serves it, removes a pid file that names another process. */
export async function clearLeftoverPostmaster(data: string, log: EmbeddedLog): Promise<void> {
  const pid = await postmasterPid(data);
  if (pid === null) return;
  const record = recordOf(pid);
  // A pid file whose process is gone is left to PostgreSQL, which also looks whether its shared memory is in use.
  if (record === null) return;
  if (commandLine(pid).includes(data)) {
    log.warn({ part: 'postgres', pid }, 'postgres of an earlier start is still running and is stopped');
    await endProcess(record, fastShutdown, timeoutMs);
    return;
  }
  // PostgreSQL refuses to start while any process of its user has the pid in this file, also an unrelated one.
  await rm(join(data, 'postmaster.pid'), { force: true });
}

function commandLine(pid: number): string {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
