// The parts of the benchmark, each on servers of its own that start empty.
import { drainBacklog } from './backlog.ts';
import { measureBurst, type Burst } from './burst.ts';
import { using } from './cleanup.ts';
import { inPairs, ratiosOf, warmUp, type Rounds } from './in-pairs.ts';
import { measureLatency } from './gentle.ts';
import { checkpoint, writePast } from './past-rows.ts';
import { memoryMiBOf } from './process-costs.ts';
import { cpuOf, deliveredOf, ratio, rowOf } from './rows.ts';
import type { Size } from './sizes.ts';
import { createObviousDesign, createRingback, createStage, type Stage, type Subject } from './stage.ts';

type Say = (line: string) => void;
/** What the parts before have found. */
export type Results = Partial<Record<SectionName, { rounds?: Rounds }>>;
type Section = {
  title: string;
  isQuick: boolean;
  run: (size: Size, say: Say, earlier: Results) => Promise<{ rounds?: Rounds }>;
};
export type SectionName = 'burst' | 'template' | 'sick' | 'history' | 'backlog' | 'workers' | 'shards';

export const sections: Record<SectionName, Section> = {
  burst: {
    title: 'Bursts and a gentle stream, beside the obvious design on the same servers',
    isQuick: true,
    run: (size, say) =>
      using(createStage('ours'), (stage) =>
        using(createRingback(stage, size), (ringback) =>
          using(createObviousDesign(stage, size), async (obvious) => {
            await warmUp(stage, size, [ringback, obvious]);
            const bursts = await inPairs(stage, { ringback, obvious }, size, say);
            say(`${size.gentle.perSecond} a second for ${size.gentle.seconds} s`);
            const latencyMs = await measureLatency(stage, ringback, size.gentle);
            const memoryMiB = memoryMiBOf(ringback.parts);
            console.table({ 'from report to receipt, ms': latencyMs, 'memory, MiB (PSS)': memoryMiB });
            return { ...bursts, latencyMs, memoryMiB };
          }),
        ),
      ),
  },

  template: {
    title: "The obvious design on servers with their own templates' settings",
    isQuick: false,
    run: (size, say, { burst }) =>
      using(createStage('template'), (stage) =>
        using(createObviousDesign(stage, size), async (obvious) => {
          await warmUp(stage, size, [obvious]);
          const bursts = await inPairs(stage, { obvious }, size, say);
          if (!burst?.rounds) return bursts;
          const ratios = ratiosOf(burst.rounds, bursts.rounds, size.statuses);
          console.log('Ringback in the bursts above, of the obvious design here:');
          console.table(ratios);
          return { ...bursts, ratios };
        }),
      ),
  },

  sick: {
    title: 'Fifty endpoints, of which five fail and one never answers',
    isQuick: false,
    run: (size, say) =>
      using(createStage('ours'), async (stage) => {
        const healthy = await fifty(stage, size, [], say);
        const sick = await fifty(stage, size, ['/hanging', ...Array<string>(5).fill('/failing')], say);
        return compared({ healthy, sick });
      }),
  },

  history: {
    title: 'The same with a long past in the tables',
    isQuick: false,
    run: (size, say) =>
      using(createStage('ours'), (stage) =>
        using(createRingback(stage, size), async (ringback) => {
          const empty = await singles(stage, ringback, size, say);
          say(`writing ${size.past.finished} finished and ${size.past.open} open notifications`);
          await writePast(stage.servers.databaseUrl, ringback.services, size.past);
          await checkpoint(stage.servers.adminUrl);
          const long = await singles(stage, ringback, size, say);
          return compared({ empty, long });
        }),
      ),
  },

  backlog: {
    title: 'A backlog goes out',
    isQuick: false,
    run: (size, say) =>
      using(createStage('ours'), (stage) =>
        using(createRingback(stage, { ...size, endpoints: endpoints([]) }), async (ringback) => {
          // On both sides of it: in the ten minutes of a long one the machine itself changes.
          const before = await singles(stage, ringback, size, say);
          const drain = await drainBacklog(stage, ringback.services, size.backlog, say);
          const after = await singles(stage, ringback, size, say);
          const bursts = [...before, ...after];
          const ofBursts = {
            'the whole': ratio(drain.perSecond, deliveredOf(bursts)),
            'its slowest half minute': ratio(Math.min(...drain.inHalfMinutes), deliveredOf(bursts)),
          };
          console.table({ "the backlog's rate, of that of the bursts before and after it": ofBursts });
          return { rounds: { 'ringback ×1': bursts }, drain, ofBursts };
        }),
      ),
  },

  workers: {
    title: 'One API with more and more workers',
    isQuick: false,
    run: (size, say) =>
      using(createStage('ours'), async (stage) => {
        const bursts: Rounds = {};
        for (const workers of size.workerCounts)
          bursts[`${workers} workers`] = await using(
            createRingback(stage, { ...size, workers }),
            (ringback) => singles(stage, ringback, size, say),
          );
        return compared(bursts);
      }),
  },

  shards: {
    title: 'Temporal with one history shard and with four',
    isQuick: false,
    run: async (size, say) => {
      const bursts: Rounds = {};
      for (const shards of [4, 1])
        bursts[`${shards} shards`] = await using(createStage('ours', shards), (stage) =>
          using(createRingback(stage, size), (ringback) => singles(stage, ringback, size, say)),
        );
      return compared(bursts);
    },
  },
};

/** Warm, so many bursts of one status each. */
async function singles(stage: Stage, ringback: Subject, size: Size, say: Say): Promise<Burst[]> {
  await warmUp(stage, size, [ringback]);
  const { rounds } = await inPairs(stage, { ringback }, { ...size, statuses: [1] }, say);
  return rounds['ringback ×1'] ?? [];
}

/** The same number of notifications for each of fifty endpoints; what is delivered is that to those which answer. */
async function fifty(stage: Stage, size: Size, sick: readonly string[], say: Say): Promise<Burst[]> {
  const ringback = createRingback(stage, { ...size, endpoints: endpoints(sick) });
  return using(ringback, async (subject) => {
    if (sick.length === 0) await warmUp(stage, size, [subject]);
    const count = Math.ceil(size.notifications / 50) * 50;
    const expected = (count / 50) * (50 - sick.length);
    const burst = await measureBurst(stage, subject, {
      ...{ count, statuses: 1, expected, restSeconds: size.restSeconds },
    });
    say(`${50 - sick.length} of 50 answer: ${JSON.stringify(rowOf([burst]))}`);
    return [burst];
  });
}

function endpoints(sick: readonly string[]): string[] {
  return [...sick, ...Array.from({ length: 50 - sick.length }, (_, place) => `/callbacks/${place}`)];
}

/** Each beside the first. */
function compared(bursts: Rounds) {
  const [first] = Object.values(bursts);
  if (!first) throw new Error('nothing was measured');
  const table = Object.fromEntries(
    Object.entries(bursts).map(([name, own]) => [
      name,
      {
        ...rowOf(own),
        'CPU, of the first': ratio(cpuOf(own), cpuOf(first)),
        'delivered/s, of the first': ratio(deliveredOf(own), deliveredOf(first)),
      },
    ]),
  );
  console.table(table);
  return { rounds: bursts, table };
}
