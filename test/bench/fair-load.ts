// The load of `bench:fair`: statuses at a steady pace, and how long each took from its caller to its receiver.
import type { TestService } from '../support/service-fixture.ts';
import { pause } from '../support/until.ts';
import type { FairReceivers } from './fair-receivers.ts';

/** Beyond this, what has not arrived counts as having taken so long: then the case has failed, whatever the ratio. */
const longestMs = 60_000;

/** Who is told, in turn, and whether its latency is measured. */
export type Target = { service: TestService; isMeasured: boolean };

/**
 * `perSecond` statuses for so many seconds, to the targets in turn, and those in `atOnce` in the first
 * moment; the latencies of those that are measured.
 */
export async function steadyLoad(
  { arrivals }: FairReceivers,
  targets: readonly Target[],
  { perSecond, seconds, atOnce = [] }: { perSecond: number; seconds: number; atOnce?: readonly Target[] },
): Promise<number[]> {
  const steady = Array.from({ length: seconds * perSecond }, (_, place) => ({
    dueMs: (place * 1000) / perSecond,
    target: targets[place % targets.length],
  }));
  const planned = [...atOnce.map((target) => ({ dueMs: 0, target })), ...steady].flatMap(
    ({ dueMs, target }) =>
      target ? [{ dueMs, ...target, eventId: crypto.randomUUID(), id: '', sentMs: 0 }] : [],
  );
  for (let place = 0; place < planned.length; place += 20)
    await Promise.all(
      planned.slice(place, place + 20).map(async (each) => (each.id = await each.service.register())),
    );

  const startedMs = performance.now();
  await Promise.all(
    planned.map(async (each) => {
      await pause(startedMs + each.dueMs - performance.now());
      each.sentMs = performance.now();
      await each.service.accept(each.id, 'delivered', each.eventId);
    }),
  );
  const measured = planned.filter(({ isMeasured }) => isMeasured);
  const lastMs = Math.max(0, ...measured.map(({ sentMs }) => sentMs)) + longestMs;
  while (performance.now() < lastMs && measured.some(({ eventId }) => !arrivals.has(eventId)))
    await pause(20);
  return measured.map(({ eventId, sentMs }) => (arrivals.get(eventId)?.atMs ?? sentMs + longestMs) - sentMs);
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN);
}
