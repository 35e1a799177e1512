import { measureBurst, playBurst, type Burst } from './burst.ts';
import { cpuOf, deliveredOf, ratio, rowOf } from './rows.ts';
import type { Size } from './sizes.ts';
import type { Stage, Subject } from './stage.ts';

/** All bursts, by who had them and how many statuses each notification had in them. */
export type Rounds = Record<string, Burst[]>;

export async function warmUp(
  stage: Stage,
  { notifications }: Size,
  subjects: readonly Subject[],
): Promise<void> {
  for (const subject of subjects) {
    const prepared = await subject.prepare(Math.ceil(notifications / 4));
    await playBurst(stage, subject, { prepared, statuses: 1, expected: prepared.length });
  }
}

/** The same bursts of all subjects in turn, so that what changes over time changes all of them. */
export async function inPairs<Name extends string>(
  stage: Stage,
  subjects: Record<Name, Subject>,
  { notifications, rounds, statuses, restSeconds }: Size,
  say: (line: string) => void,
) {
  const results: Rounds = {};
  for (let round = 1; round <= rounds; round += 1)
    for (const count of statuses)
      for (const name of Object.keys(subjects) as Name[]) {
        const size = { count: notifications, statuses: count, restSeconds };
        const burst = await measureBurst(stage, subjects[name], size);
        (results[`${name} ×${count}`] ??= []).push(burst);
        say(`round ${round}, ${name}, ${notifications} × ${count}: ${JSON.stringify(rowOf([burst]))}`);
      }
  const table = Object.fromEntries(Object.entries(results).map(([name, own]) => [name, rowOf(own)]));
  console.table(table);
  const ratios = ratiosOf(results, results, statuses);
  if (ratios.length > 0) {
    console.log('Of the obvious design, on the same servers:');
    console.table(ratios);
  }
  return { rounds: results, table, ratios };
}

/** What Ringback takes of what the obvious design takes, for each number of statuses that both were measured with. */
export function ratiosOf(ringback: Rounds, obvious: Rounds, statuses: readonly number[]) {
  return statuses.flatMap((count) => {
    const [ours, theirs] = [ringback[`ringback ×${count}`], obvious[`obvious ×${count}`]];
    if (!ours || !theirs) return [];
    const cpu = ratio(cpuOf(ours), cpuOf(theirs));
    return [{ statuses: count, CPU: cpu, 'delivered/s': ratio(deliveredOf(ours), deliveredOf(theirs)) }];
  });
}
