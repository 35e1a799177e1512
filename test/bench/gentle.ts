// A stream that the machine has no trouble with: how long from a report to its receipt at the customer's?
import { until } from '../support/until.ts';
import type { Stage } from './stage.ts';

/** Milliseconds. */
export type Latency = { p50: number; p95: number; p99: number };

export async function measureLatency(
  { loader, receiver }: Stage,
  { url, tokens }: { url: string; tokens: string[] },
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Latency> {
  await loader.ask({ kind: 'register', url, tokens, count: perSecond * seconds });
  await receiver.ask({ kind: 'forget' });
  const sent = Object.entries(await loader.ask<Record<string, number>>({ kind: 'gentle', url, perSecond }));
  const count = (): Promise<number> => receiver.ask({ kind: 'count' });
  await until('all have come', async () => (await count()) >= sent.length);
  const received = await receiver.ask<Record<string, number>>({ kind: 'times' });
  const latencies = sent.map(([id, sentMs]) => (received[id] ?? Number.NaN) - sentMs).sort((a, b) => a - b);
  const percentile = (part: number): number =>
    latencies[Math.ceil(latencies.length * part) - 1] ?? Number.NaN;
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}
