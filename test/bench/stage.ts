// What all parts of the benchmark share: the servers, the processes of Ringback, a receiver and a loader beside them.
import { randomUUID } from 'node:crypto';
import { pause } from '../support/until.ts';
import { createService } from '../support/service-fixture.ts';
import { startApplication, type Application } from './application.ts';
import { startChild, type Child } from './child.ts';
import { databaseCounts, minus, times, type DatabaseCounts } from './database-costs.ts';
import { cpuSecondsOf, zip, type Parts, type PerPart } from './process-costs.ts';
import { startServers, type Servers, type ServerSettings } from './servers.ts';

export type Stage = {
  servers: Servers;
  receiver: Child;
  loader: Child;
  /** The origin of the receiver, without a slash at its end. */
  origin: string;
  stop(): Promise<void>;
};

export async function createStage(settings: ServerSettings, shards?: number): Promise<Stage> {
  const servers = await startServers(settings, shards);
  const receiver = startChild(new URL('./receiver.ts', import.meta.url));
  const loader = startChild(new URL('./loader.ts', import.meta.url));
  const stop = async (): Promise<void> => {
    await Promise.all([receiver.stop(), loader.stop()]);
    await servers.stop();
  };
  return { servers, receiver, loader, stop, origin: await receiver.ask<string>({ kind: 'origin' }) };
}

/** What is measured: something that delivers, and what is told of it when it is idle. */
export type Subject = {
  parts: Parts;
  /** A second's costs while there is nothing to do. */
  idle: { cpu: PerPart; databases: DatabaseCounts };
  /** Makes so many notifications that nothing has been told of yet; answers the ids of the workflows they will have. */
  prepare(count: number): Promise<string[]>;
  /** Tells of each of them so many times; answers how many seconds it took until all of it was accepted. */
  burst(prepared: string[], statuses: number): Promise<number>;
  stop(): Promise<void>;
};

const inFlight = 32;

/** Ringback in one process, or in an API and some workers. */
export async function createRingback(
  stage: Stage,
  options: { workers?: number; endpoints?: readonly string[]; idleSeconds: number },
): Promise<Subject & { url: string; tokens: string[]; services: string[] }> {
  const { workers, endpoints = ['/callbacks'] } = options;
  const applications: Application[] = [await startApplication(stage.servers, workers ? 'api' : 'all')];
  for (let n = 0; n < (workers ?? 0); n += 1)
    applications.push(await startApplication(stage.servers, 'worker'));
  const [api] = applications;
  if (!api) throw new Error('there is no application');
  const policy = { attempts: 5, interval_seconds: 300, timeout_seconds: 120 };
  const services = [];
  for (const path of endpoints) services.push(await createService(api, `${stage.origin}${path}`, policy));
  const tokens = services.map(({ token }) => token);
  const parts = { ...partsOf(stage), application: applications.map(({ pid }) => pid) };
  return {
    ...{ parts, tokens, url: api.url, services: services.map(({ id }) => id) },
    idle: await idleCosts(stage, parts, options.idleSeconds),
    async prepare(count) {
      const ids = await stage.loader.ask<string[]>({ kind: 'register', url: api.url, tokens, count });
      return ids.map((id) => `notification/${id}`);
    },
    burst: (_registered, statuses) => stage.loader.ask({ kind: 'burst', url: api.url, statuses, inFlight }),
    async stop() {
      for (const application of applications.reverse()) await application.stop();
    },
  };
}

export async function createObviousDesign(
  stage: Stage,
  { idleSeconds }: { idleSeconds: number },
): Promise<Subject> {
  const child = startChild(new URL('./obvious-design.ts', import.meta.url), [
    stage.servers.temporalAddress,
    `${stage.origin}/callbacks`,
    JSON.stringify(stage.servers.temporalTls),
  ]);
  await child.ask({ kind: 'ready' });
  const parts = { ...partsOf(stage), application: [child.pid] };
  return {
    parts,
    idle: await idleCosts(stage, parts, idleSeconds),
    prepare: (count) => Promise.resolve(Array.from({ length: count }, () => `obvious/${randomUUID()}`)),
    burst: (workflowIds, statuses) => child.ask({ kind: 'burst', workflowIds, statuses, inFlight }),
    stop: () => child.stop(),
  };
}

function partsOf({ servers }: Stage): Omit<Parts, 'application'> {
  return { temporal: [servers.pids.temporal], postgres: [servers.pids.postgres] };
}

async function idleCosts(stage: Stage, parts: Parts, seconds: number): Promise<Subject['idle']> {
  // What starting has left to do is none of it.
  await pause(3_000);
  const before = { cpu: cpuSecondsOf(parts), databases: await databaseCounts(stage.servers.adminUrl) };
  await pause(seconds * 1000);
  const databases = minus(await databaseCounts(stage.servers.adminUrl), before.databases);
  return {
    cpu: zip(cpuSecondsOf(parts), before.cpu, (after, earlier) => (after - earlier) / seconds),
    databases: times(databases, 1 / seconds),
  };
}
