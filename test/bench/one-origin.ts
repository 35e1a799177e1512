// npm run bench:one-origin – one host with many callbacks, five of which hang with all that they may have under way: what
// does a sixth notice? And 300 of one callback under way at once, to a receiver that takes most of the time it has.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createInstallation, type Installation } from '../support/installation.ts';
import { createService, fiveStatuses, type TestService } from '../support/service-fixture.ts';
import { pause, until } from '../support/until.ts';
import { removeWhenInterrupted } from './cleanup.ts';

const hangingCallbacks = 5;
const inFlight = 16;
const healthyStatuses = 300;
const perSecond = 20;
const atOnce = 300;
const answersAfterMs = 8_000;
const timeoutSeconds = 10;

export type OneOrigin = {
  /** Milliseconds from acceptance to the healthy callback, p95: without the others, and while they hang. */
  aloneMs: number;
  besideMs: number;
  hangingRequests: number;
  /** Of 300 in flight at once: delivered in their first attempt, and attempts that were made. */
  inFirstAttempt: number;
  attempts: number;
};

/** Measures it on an installation that has nothing else to do. It takes some two minutes. */
export async function measureOneOrigin(ringback: Installation): Promise<OneOrigin> {
  const receivedAt = new Map<string, number>();
  const hanging = new Set<ServerResponse>();
  let attempts = 0;
  const server = createServer((request, response) => {
    request.resume();
    const answer = (): void => void response.writeHead(200).end();
    if (request.url === '/hanging') {
      hanging.add(response);
    } else if (request.url === '/late') {
      attempts += 1;
      setTimeout(answer, answersAfterMs);
    } else {
      receivedAt.set(String(request.headers['ringback-event-id']), performance.now());
      answer();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const healthy = await createService(ringback, `${origin}/healthy`);

  const p95 = async (): Promise<number> => {
    const ids = await registered(healthy, healthyStatuses);
    const acceptedAt = new Map<string, number>();
    await Promise.all(
      ids.map(async (id, at) => {
        await pause((at * 1000) / perSecond);
        const eventId = crypto.randomUUID();
        acceptedAt.set(eventId, performance.now());
        await healthy.accept(id, 'delivered', eventId);
      }),
    );
    await until('the healthy callbacks', () => [...acceptedAt.keys()].every((id) => receivedAt.has(id)));
    const waits = [...acceptedAt].map(([id, at]) => (receivedAt.get(id) ?? Number.NaN) - at);
    return Math.round(waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? Number.NaN);
  };

  try {
    await p95();
    const before = await p95();
    const others: TestService[] = [];
    for (let at = 0; at < hangingCallbacks; at += 1)
      others.push(await createService(ringback, `${origin}/hanging`, { timeout_seconds: 120 }));
    for (const other of others) {
      const ids = await registered(other, inFlight);
      await Promise.all(ids.map((id) => other.accept(id, 'delivered')));
    }
    await until('all of them hang', () => hanging.size === hangingCallbacks * inFlight);
    const besideMs = await p95();
    const hangingRequests = hanging.size;
    for (const response of hanging) response.writeHead(200).end();
    await pause(3_000);
    const aloneMs = Math.round((before + (await p95())) / 2);

    const late = await createService(ringback, `${origin}/late`);
    await ringback.call(
      'PUT',
      `/v1/services/${late.id}/callbacks/delivery_status`,
      await ringback.adminToken(),
      {
        url: `${origin}/late`,
        policy: { attempts: 5, interval_seconds: 5, timeout_seconds: timeoutSeconds },
        filter: { statuses: fiveStatuses },
        max_in_flight: atOnce,
      },
    );
    const ids = await registered(late, atOnce);
    await Promise.all(ids.map((id) => late.accept(id, 'delivered')));
    const histories = async () =>
      (await Promise.all(ids.map((id) => late.history(id)))).map(({ body }) => body.items[0]);
    await until(
      'they have come to their end',
      async () => (await histories()).every((item) => item?.state === 'delivered'),
      180,
    );
    const inFirstAttempt = (await histories()).filter((item) => item?.attempts.length === 1).length;
    return { aloneMs, besideMs, hangingRequests, inFirstAttempt, attempts };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function registered(service: TestService, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count)
    ids.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(20, count - ids.length) }, () => service.register()),
      )),
    );
  return ids;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const ringback = await createInstallation({ LOG_LEVEL: 'error' });
  removeWhenInterrupted(ringback);
  let ratio = Number.NaN;
  try {
    await ringback.start();
    const found = await measureOneOrigin(ringback);
    ratio = found.besideMs / found.aloneMs;
    console.log(
      `p95 of a healthy callback: ${found.aloneMs} ms alone, ${found.besideMs} ms beside ${found.hangingRequests} requests of others that hang on its host: ×${ratio.toFixed(2)}; allowed are 1.3.`,
    );
    console.log(
      `${atOnce} in flight to a receiver that answers after ${answersAfterMs / 1000} s of ${timeoutSeconds}: ${found.inFirstAttempt} delivered in their first attempt, ${found.attempts} attempts.`,
    );
  } finally {
    await ringback.remove();
  }
  process.exit(ratio <= 1.3 ? 0 : 1);
}
