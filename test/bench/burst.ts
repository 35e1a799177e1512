// One burst, with all that it cost until everything had come, and while the servers finished behind it.
import { readFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { readTemporalTls } from '../../src/domain/temporal-tls.ts';
import { pause, until } from '../support/until.ts';
import { databaseCounts, minus, tellsWithinSeconds, times, type DatabaseCounts } from './database-costs.ts';
import { cpuSecondsOf, zip, type PerPart } from './process-costs.ts';
import type { Servers } from './servers.ts';
import type { Stage, Subject } from './stage.ts';

export type Burst = {
  acceptedPerSecond: number;
  deliveredPerSecond: number;
  /** CPU seconds, net of what is used when there is nothing to do. */
  cpuPer1000: PerPart;
  databasesPerStatus: DatabaseCounts;
  /** On the average of some of them. */
  workflow: { events: number; stateTransitions: number };
};

export async function measureBurst(
  stage: Stage,
  subject: Subject,
  size: { count: number; statuses: number; expected?: number; restSeconds: number },
): Promise<Burst> {
  const { servers } = stage;
  const expected = size.expected ?? size.count * size.statuses;
  const prepared = await subject.prepare(size.count);
  // What the preparation cost is counted by then, and not to the burst.
  await pause(tellsWithinSeconds * 1000);
  const before = { cpu: cpuSecondsOf(subject.parts), databases: await databaseCounts(servers.adminUrl) };
  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1000;
  const seconds = await playBurst(stage, subject, { prepared, statuses: size.statuses, expected });
  const deliveredSeconds = elapsed();
  await pause(size.restSeconds * 1000);
  const net = (used: number, idle: number): number => used - idle * elapsed();
  const cpu = zip(
    zip(cpuSecondsOf(subject.parts), before.cpu, (now, then) => now - then),
    subject.idle.cpu,
    net,
  );
  const databases = minus(
    minus(await databaseCounts(servers.adminUrl), before.databases),
    times(subject.idle.databases, elapsed()),
  );
  return {
    acceptedPerSecond: (size.count * size.statuses) / seconds,
    deliveredPerSecond: expected / deliveredSeconds,
    cpuPer1000: zip(cpu, cpu, (one) => (one * 1000) / expected),
    databasesPerStatus: times(databases, 1 / expected),
    workflow: await workflowCosts(servers, prepared.slice(0, 20)),
  };
}

/** Until everything that is expected has come; answers how many seconds it took until all was accepted. */
export async function playBurst(
  { receiver }: Stage,
  subject: Subject,
  { prepared, statuses, expected }: { prepared: string[]; statuses: number; expected: number },
): Promise<number> {
  await receiver.ask({ kind: 'forget' });
  const seconds = await subject.burst(prepared, statuses);
  const came = async (): Promise<boolean> => (await receiver.ask<number>({ kind: 'count' })) >= expected;
  await until('everything is delivered', came, 600);
  return seconds;
}

async function workflowCosts(
  { temporalAddress: address, temporalTls }: Servers,
  ids: readonly string[],
): Promise<Burst['workflow']> {
  const tls = await readTemporalTls(temporalTls, readFile);
  const connection = await Connection.connect({ address, tls });
  try {
    const client = new Client({ connection });
    const infos = await Promise.all(
      ids.map(async (workflowId) => {
        const { workflowExecutionInfo } = await client.workflowService.describeWorkflowExecution({
          namespace: 'default',
          execution: { workflowId },
        });
        return workflowExecutionInfo;
      }),
    );
    const average = (of: (info: (typeof infos)[number]) => unknown): number =>
      infos.reduce((sum, info) => sum + Number(of(info) ?? 0), 0) / infos.length;
    return {
      events: average((info) => info?.historyLength),
      stateTransitions: average((info) => info?.stateTransitionCount),
    };
  } finally {
    await connection.close();
  }
}
