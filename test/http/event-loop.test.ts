// How long one request holds the event loop: over every route that takes a body, with the worst that each accepts.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createDatabaseApp, type DatabaseApp } from '../support/database-app.ts';
import { largeBodies } from '../support/large-bodies.ts';
import { rawRequest, routeSamples, type Sample } from '../support/route-samples.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const kib = 1024;
/** The limits of the routes, a little below, the largest first: what is too much for a route costs it nothing. */
const sizes = [8 * 1024 * kib, 1024 * kib, 256 * kib, 128 * kib, 64 * kib].map((size) => size - 64);

let app: DatabaseApp;
let samples: Sample[];
let allowedMs: number;
beforeAll(async () => {
  app = await createDatabaseApp();
  samples = (await routeSamples(app)).filter(({ body }) => body !== undefined);
  // 50 ms of a machine that does the loop in 10, and three times that, since others work on this one.
  allowedMs = 3 * 50 * Math.max(1, loopMs() / 10);
}, 60_000);
afterAll(() => app.stop(), 60_000);

function loopMs(): number {
  const text = JSON.stringify(
    Array.from({ length: 10_000 }, (_, index) => ({ index, name: `name ${index}` })),
  );
  JSON.parse(text);
  const start = processorMs();
  for (let times = 0; times < 4; times += 1) JSON.parse(text);
  return processorMs() - start;
}

/** The longest that the loop was held, and the status. A body is bytes by then, so that making it is not measured. */
async function measure(sample: Sample, body: Buffer): Promise<{ heldMs: number; status: number }> {
  const request = rawRequest({
    method: sample.method,
    target: sample.path,
    headers: [
      ['host', 'localhost'],
      ...(sample.as === null ? [] : ([['authorization', sample.as]] as const)),
      ['content-type', 'application/json'],
      ['content-length', String(body.length)],
      ['connection', 'close'],
    ],
    body,
  });
  const heartbeat = startHeartbeat();
  const answer = await app.exchange(request, 60_000);
  return { heldMs: heartbeat.stop(), status: Number(answer.slice(9, 12)) };
}

/**
 * The most processor time between two turns of the event loop: unlike the time on the wall it does not grow while other
 * processes have the processor.
 */
function startHeartbeat(): { stop(): number } {
  let isStopped = false;
  let longest = 0;
  let before = processorMs();
  const beat = (): void => {
    const now = processorMs();
    longest = Math.max(longest, now - before);
    before = now;
    if (!isStopped) setImmediate(beat);
  };
  setImmediate(beat);
  return {
    stop() {
      isStopped = true;
      beat();
      return longest;
    },
  };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Null where it is good once of three times: what else the process does, as collecting garbage, counts as well. */
async function objection(
  sample: Sample,
  what: string,
  body: Buffer,
  { isTaken = false } = {},
): Promise<string | null> {
  const measured = [];
  for (let times = 0; times < 3; times += 1) {
    // The litter of the test itself is not to be collected while it measures.
    if (times > 0) collectGarbage();
    const { heldMs, status } = await measure(sample, body);
    measured.push(Math.round(heldMs));
    if (isTaken && status >= 300) return `${sample.route}: ${what} is answered with ${status}`;
    if (status === 500) return `${sample.route}: ${what} is a fault of ours`;
    if (heldMs <= allowedMs) return null;
  }
  return `${sample.method} ${sample.route}: ${what} holds it for ${measured.join(', ')} ms of ${Math.round(allowedMs)}`;
}

it('is short for any large body, whether it is taken or refused', async () => {
  const objections: string[] = [];
  for (const sample of samples) {
    // What a provider sends is bounded where it is read.
    if (sample.route.startsWith('/v1/providers')) continue;
    for (const size of sizes) {
      if ((await measure(sample, Buffer.alloc(size, ' '))).status === 413) continue;
      for (const [what, text] of largeBodies(sample.body, size)) {
        const found = await objection(sample, `${what} (${size} bytes)`, Buffer.from(text, 'utf8'));
        if (found !== null) objections.push(found);
      }
      break;
    }
  }
  expect(objections).toEqual([]);
}, 300_000);

describe('is short for the most that is taken:', () => {
  const many = <T>(length: number, item: (index: number) => T): T[] =>
    Array.from({ length }, (_, index) => item(index));
  const destination = (index: number) => ({ type: 'sms', to: `+${index}` });
  it.each([
    [
      '20,000 members',
      '/v1/communications/{id}/batches',
      () => ({
        members: many(20_000, (index) => ({
          attributes: { name: `n${index}`, text: 'x'.repeat(250) },
          destinations: [destination(index)],
        })),
      }),
    ],
    [
      'members with 50 destinations each',
      '/v1/communications/{id}/batches',
      () => ({
        members: many(4_000, () => ({ destinations: many(50, destination) })),
      }),
    ],
    [
      'members with as many attributes as fit',
      '/v1/batches/{id}/members',
      () => ({
        members: many(60, () => ({
          attributes: Object.fromEntries(many(2_500, (index) => [`k${index}`, 'x'])),
          destinations: [destination(1)],
        })),
      }),
    ],
    [
      '100,000 references',
      '/v1/letters/returned',
      () => ({
        references: many(100_000, (index) => `0190b5c4-7e3b-7cc2-9d0a-${String(index).padStart(12, '0')}`),
      }),
    ],
    [
      'a PDF of 6 MB',
      '/v2/notifications/letter',
      () => ({ reference: 'r', content: Buffer.alloc(6_000_000, 1).toString('base64') }),
    ],
  ] as const)(
    '%s',
    async (what, route, body) => {
      const sample = samples.find((each) => each.route === route) as Sample;
      const text = Buffer.from(JSON.stringify(body()), 'utf8');
      expect(await objection(sample, what, text, { isTaken: true })).toBeNull();
    },
    120_000,
  );
});
