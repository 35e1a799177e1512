// What has been accepted and waits: does it go out as fast as what was accepted just now?
import { pause } from '../support/until.ts';
import { writeBacklog } from './past-rows.ts';
import type { Stage } from './stage.ts';

const windowSeconds = 30;

/** Delivered a second, from the first to the last and in each half minute. */
export async function drainBacklog(
  { servers, receiver }: Stage,
  services: readonly string[],
  count: number,
  say: (line: string) => void,
): Promise<{ perSecond: number; inHalfMinutes: number[] }> {
  await receiver.ask({ kind: 'forget' });
  const come = (): Promise<number> => receiver.ask({ kind: 'count' });
  await writeBacklog(servers.databaseUrl, services, count);
  const inHalfMinutes: number[] = [];
  const startedMs = performance.now();
  let [before, beforeMs] = [await come(), performance.now()];
  for (;;) {
    while ((performance.now() - beforeMs) / 1000 < windowSeconds && (await come()) < count) await pause(200);
    const [now, nowMs] = [await come(), performance.now()];
    const rate = Math.round(((now - before) * 1000) / (nowMs - beforeMs));
    if (now === before)
      throw new Error(`Nothing was delivered for ${windowSeconds} s, with ${count - now} left.`);
    inHalfMinutes.push(rate);
    say(`${now} of ${count} delivered, ${rate}/s`);
    if (now >= count) return { perSecond: (count * 1000) / (nowMs - startedMs), inHalfMinutes };
    [before, beforeMs] = [now, nowMs];
  }
}
