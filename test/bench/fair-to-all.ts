// npm run bench:fair – one endpoint of fifty hangs under load: what do the others notice? A whole installation, real
// callbacks over loopback, with the hanging one and without it in the same run. It takes some five minutes.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInstallation } from '../support/installation.ts';
import { createService, type TestService } from '../support/service-fixture.ts';
import { pause } from '../support/until.ts';
import { removeWhenInterrupted } from './cleanup.ts';

const endpoints = 50;
const statusesPerSecond = 20;
/** The endpoint that hangs is told more than the others, in all rounds alike. */
const extraPerSecond = 4;
/** Without on both sides of with: a trend over time then weighs on neither. 120 s is as long as an exchange may take. */
const rounds = [
  { isHanging: false, seconds: 60 },
  { isHanging: true, seconds: 120 },
  { isHanging: false, seconds: 60 },
];
const allowedRatio = 1.3;

type Told = { endpoint: number; acceptedAt: number; receivedAt?: number };

const told = new Map<string, Told>();
const hanging = new Set<ServerResponse>();
let hangingEndpoint = -1;

const server = createServer((request, response) => {
  const endpoint = Number(request.url?.slice(1));
  const eventId = String(request.headers['ringback-event-id']);
  const own = told.get(eventId);
  if (own) own.receivedAt ??= performance.now();
  request.resume();
  if (endpoint === hangingEndpoint) hanging.add(response);
  else response.writeHead(200).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

console.log(`Starting an installation, and ${endpoints} services with an endpoint each …`);
const ringback = await createInstallation({ LOG_LEVEL: 'error' });
removeWhenInterrupted(ringback);
let ratio = Number.NaN;
try {
  await ringback.start();
  const services: TestService[] = [];
  for (let endpoint = 0; endpoint < endpoints; endpoint += 1)
    services.push(
      await createService(ringback, `http://127.0.0.1:${port}/${endpoint}`, { timeout_seconds: 120 }),
    );
  console.log('Warming up …');
  await round(services, -1, 5);

  const latencies = { without: [] as number[], with: [] as number[] };
  console.log('\nseconds   hanging   healthy callbacks   p50 ms   p95 ms');
  for (const { isHanging, seconds } of rounds) {
    const own = await round(services, isHanging ? 0 : -1, seconds);
    latencies[isHanging ? 'with' : 'without'].push(...own);
    console.log(
      `${pad(seconds, 7)}   ${pad(isHanging ? 1 : 0, 7)}   ${pad(own.length, 17)}   ${pad(percentile(own, 0.5), 6)}   ${pad(percentile(own, 0.95), 6)}`,
    );
  }
  const [without, withOne] = [percentile(latencies.without, 0.95), percentile(latencies.with, 0.95)];
  ratio = withOne / without;
  console.log(
    `\np95 from acceptance to the endpoint, of all that do not hang: ${without} ms without, ${withOne} ms with one that hangs.`,
  );
  console.log(`Ratio ${ratio.toFixed(2)}; allowed are ${allowedRatio}.`);
} finally {
  server.closeAllConnections();
  server.close();
  await ringback.remove();
}
process.exit(ratio <= allowedRatio ? 0 : 1);

/** One round of load; the milliseconds from acceptance to receipt of everything told to an endpoint that answers. */
async function round(services: readonly TestService[], hangs: number, seconds: number): Promise<number[]> {
  const targets = Array.from({ length: seconds * (statusesPerSecond + extraPerSecond) }, (_, place) =>
    place % (statusesPerSecond + extraPerSecond) < extraPerSecond ? 0 : place % endpoints,
  );
  const ids = await inChunks(targets, 20, (endpoint) => serviceOf(services, endpoint).register());
  hangingEndpoint = hangs;
  told.clear();
  const intervalMs = 1000 / (statusesPerSecond + extraPerSecond);
  const startedAt = performance.now();
  await Promise.all(
    targets.map(async (endpoint, place) => {
      await pause(place * intervalMs);
      const eventId = crypto.randomUUID();
      told.set(eventId, { endpoint, acceptedAt: performance.now() });
      await serviceOf(services, endpoint).accept(ids[place] ?? '', 'delivered', eventId);
    }),
  );
  const healthy = [...told.values()].filter(({ endpoint }) => endpoint !== 0);
  while (healthy.some(({ receivedAt }) => receivedAt === undefined)) {
    if (performance.now() - startedAt > (seconds + 60) * 1000)
      throw new Error('Callbacks to healthy endpoints are missing a minute after they were accepted.');
    await pause(20);
  }
  if (hanging.size > 0) console.log(`          (${hanging.size} exchanges are open at the one that hangs)`);
  hangingEndpoint = -1;
  for (const response of hanging) response.writeHead(200).end();
  hanging.clear();
  await pause(3_000);
  return healthy.map(({ acceptedAt, receivedAt = acceptedAt }) => receivedAt - acceptedAt);
}

function serviceOf(services: readonly TestService[], endpoint: number): TestService {
  const service = services[endpoint];
  if (!service) throw new Error(`there is no endpoint ${endpoint}`);
  return service;
}

async function inChunks<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size)
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))));
  return results;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width);
}
