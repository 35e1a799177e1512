import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { EmbeddedLog } from './embedded-log.ts';
import { endProcess } from './end-process.ts';
import { isRunning, readProcessRecord, writeProcessRecord } from './process-record.ts';
import type { ProcessRecord } from './process-record.ts';

const suffix = '.pid';
const leftoverTimeoutMs = 10_000;

/** File names carry the signal that ends the process well: `postgres.SIGINT.pid`. */
function fileOf(runFolder: string, name: string, stopSignal: NodeJS.Signals): string {
  return join(runFolder, `${name}.${stopSignal}${suffix}`);
}

export async function rememberProcess(
  runFolder: string,
  name: string,
  stopSignal: NodeJS.Signals,
  record: ProcessRecord,
): Promise<void> {
  await writeProcessRecord(fileOf(runFolder, name, stopSignal), record);
}

export async function forgetProcess(
  runFolder: string,
  name: string,
  stopSignal: NodeJS.Signals,
): Promise<void> {
  await rm(fileOf(runFolder, name, stopSignal), { force: true });
}

/** Ends what an earlier start in this home left running. The caller holds the home's lock. */
export async function stopLeftovers(runFolder: string, log: EmbeddedLog): Promise<void> {
  const files = (await readdir(runFolder)).filter((file) => file.endsWith(suffix));
  await Promise.all(files.map((file) => stopLeftover(runFolder, file, log)));
}

async function stopLeftover(runFolder: string, file: string, log: EmbeddedLog): Promise<void> {
  const [name = file, signal = 'SIGTERM'] = file.split('.');
  const path = join(runFolder, file);
  const record = await readProcessRecord(path);
  if (record !== null && isRunning(record)) {
    log.warn({ part: name, pid: record.pid }, `${name} of an earlier start is still running and is stopped`);
    await endProcess(record, signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM', leftoverTimeoutMs);
  }
  await rm(path, { force: true });
}
