// npm run bench [-- --quick] – what an accepted and delivered status costs, beside the obvious design on the same servers
// in the same run. Every figure of a comparison is a ratio within one run; the machine is part of the table.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createInstallation } from '../support/installation.ts';
import { createService } from '../support/service-fixture.ts';
import { pause, until } from '../support/until.ts';
import { startChild } from './child.ts';
import { cpuSecondsOf, memoryMiBOf } from './process-costs.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, notifications: { type: 'string' } },
});
const isQuick = values.quick;
const notifications = Number(values.notifications ?? (isQuick ? 400 : 2000));
const rounds = isQuick ? 1 : 3;
const inFlight = 32;
const restSeconds = isQuick ? 5 : 15;
const gentlePerSecond = 50;
const gentleSeconds = isQuick ? 5 : 20;

type Costs = { application: number; temporal: number; postgres: number };
type Round = { acceptedPerSecond: number; deliveredPerSecond: number; cpuPer1000: Costs };

const ringback = await createInstallation({ LOG_LEVEL: 'error' });
const receiver = startChild(new URL('./receiver.ts', import.meta.url));
const loader = startChild(new URL('./loader.ts', import.meta.url));
const stopAll = async (): Promise<void> => {
  await Promise.all([receiver.stop(), loader.stop(), obvious?.stop()]);
  await ringback.remove();
};
let obvious: ReturnType<typeof startChild> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stopAll().finally(() => process.exit(130)));

try {
  console.log('Starting an installation …');
  await ringback.start();
  const url = await receiver.ask<string>({ kind: 'url' });
  const service = await createService(ringback, url);
  const target = { url: ringback.url, token: service.token };
  const ports = JSON.parse(readFileSync(join(ringback.home, 'ports.json'), 'utf8')) as {
    temporalFrontend: number;
  };
  obvious = startChild(new URL('./obvious-design.ts', import.meta.url), [
    `127.0.0.1:${ports.temporalFrontend}`,
    url,
  ]);
  const pids = {
    application: await ringback.pidOf('app'),
    temporal: await ringback.pidOf('temporal'),
    postgres: await ringback.pidOf('postgres'),
  };

  const cpu = (application: number): Costs => ({
    application: cpuSecondsOf(application),
    temporal: cpuSecondsOf(pids.temporal),
    postgres: cpuSecondsOf(pids.postgres),
  });
  const minus = (left: Costs, right: Costs, times = 1): Costs => ({
    application: left.application - right.application * times,
    temporal: left.temporal - right.temporal * times,
    postgres: left.postgres - right.postgres * times,
  });
  const divided = (costs: Costs, by: number): Costs =>
    minus({ application: 0, temporal: 0, postgres: 0 }, costs, -1 / by);

  /** One burst, with what it cost until everything had come, and while the servers finished behind it. */
  const burst = async (
    application: number,
    count: number,
    statuses: number,
    run: () => Promise<{ seconds: number; accepted: number }>,
  ): Promise<Round> => {
    const idleBefore = cpu(application);
    await pause(restSeconds * 1000);
    const idlePerSecond = divided(minus(cpu(application), idleBefore), restSeconds);
    await receiver.ask({ kind: 'forget' });
    const before = cpu(application);
    const startedMs = performance.now();
    const { seconds, accepted } = await run();
    const expected = count * statuses;
    await until(
      'everything is delivered',
      async () => (await receiver.ask<number>({ kind: 'count' })) === expected,
      300,
    );
    const deliveredSeconds = (performance.now() - startedMs) / 1000;
    await pause(restSeconds * 1000);
    const elapsed = (performance.now() - startedMs) / 1000;
    const used = minus(minus(cpu(application), before), idlePerSecond, elapsed);
    return {
      acceptedPerSecond: accepted / seconds,
      deliveredPerSecond: expected / deliveredSeconds,
      cpuPer1000: divided(used, expected / 1000),
    };
  };
  const ours = async (count: number, statuses: number): Promise<Round> => {
    await loader.ask({ kind: 'register', ...target, count });
    return burst(pids.application, count, statuses, () =>
      loader.ask({ kind: 'burst', ...target, statuses, inFlight }),
    );
  };
  const theirs = (count: number, statuses: number): Promise<Round> => {
    const child = obvious;
    if (!child) throw new Error('the obvious design is not there');
    return burst(child.pid, count, statuses, () => child.ask({ kind: 'burst', count, statuses, inFlight }));
  };

  console.log('Warming up …');
  await ours(Math.ceil(notifications / 10), 1);
  await theirs(Math.ceil(notifications / 10), 1);

  const results: Record<string, Round[]> = {};
  for (let round = 1; round <= rounds; round += 1)
    for (const statuses of [1, 3]) {
      console.log(`Round ${round} of ${rounds}: ${notifications} notifications, ${statuses} each …`);
      (results[`ringback ${statuses}`] ??= []).push(await ours(notifications, statuses));
      (results[`obvious ${statuses}`] ??= []).push(await theirs(notifications, statuses));
    }

  console.log(`${gentlePerSecond} a second for ${gentleSeconds} s …`);
  await loader.ask({ kind: 'register', ...target, count: gentlePerSecond * gentleSeconds });
  await receiver.ask({ kind: 'forget' });
  const sent = await loader.ask<Record<string, number>>({
    kind: 'gentle',
    ...target,
    perSecond: gentlePerSecond,
  });
  const events = Object.keys(sent);
  await until(
    'all have come',
    async () => (await receiver.ask<number>({ kind: 'count' })) === events.length,
    60,
  );
  const times = await receiver.ask<Record<string, number>>({ kind: 'times' });
  const latencies = events.map((id) => (times[id] ?? 0) - (sent[id] ?? 0)).sort((one, other) => one - other);
  const percentile = (part: number): number => latencies[Math.ceil(latencies.length * part) - 1] ?? 0;

  const median = (all: readonly number[]): number =>
    [...all].sort((one, other) => one - other)[Math.floor(all.length / 2)] ?? 0;
  const of = (name: string, value: (round: Round) => number): number =>
    median((results[name] ?? []).map(value));
  const total = ({ cpuPer1000: { application, temporal, postgres } }: Round): number =>
    application + temporal + postgres;
  const rows = Object.keys(results).map((name) => ({
    what: name,
    'accepted/s': Math.round(of(name, ({ acceptedPerSecond }) => acceptedPerSecond)),
    'delivered/s': Math.round(of(name, ({ deliveredPerSecond }) => deliveredPerSecond)),
    'CPU s/1000': Number(of(name, total).toFixed(1)),
    application: Number(of(name, ({ cpuPer1000 }) => cpuPer1000.application).toFixed(1)),
    temporal: Number(of(name, ({ cpuPer1000 }) => cpuPer1000.temporal).toFixed(1)),
    postgres: Number(of(name, ({ cpuPer1000 }) => cpuPer1000.postgres).toFixed(1)),
  }));
  console.table(rows);
  const ratios = [1, 3].map((statuses) => ({
    statuses,
    'CPU, of the obvious design': Number(
      (of(`ringback ${statuses}`, total) / of(`obvious ${statuses}`, total)).toFixed(2),
    ),
    'delivered/s, of the obvious design': Number(
      (
        of(`ringback ${statuses}`, ({ deliveredPerSecond }) => deliveredPerSecond) /
        of(`obvious ${statuses}`, ({ deliveredPerSecond }) => deliveredPerSecond)
      ).toFixed(2),
    ),
  }));
  console.table(ratios);
  const gentle = { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
  console.log('from report to receipt, ms:', gentle);
  const memory = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, memoryMiBOf(pid)]));
  console.log('memory, MiB (PSS):', memory);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, load: loadavg() };
  const file = 'bench-result.json';
  writeFileSync(
    file,
    `${JSON.stringify({ at: new Date().toISOString(), machine, rounds: results, rows, ratios, gentle, memory }, null, 2)}\n`,
  );
  console.log(`Everything of it is in ${file}.`);
} finally {
  await stopAll();
}
