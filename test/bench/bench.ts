// npm run bench [-- --quick] [-- --only burst,gentle,…] – what an accepted and delivered status costs, beside the obvious
// design on the same servers in the same run. What is compared is always a ratio within one run.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { temporalPins } from '../../src/embedded/temporal-server/temporal-pins.ts';
import { stopWhenInterrupted } from './cleanup.ts';
import { sections, type Results, type SectionName } from './sections.ts';
import { fullSize, quickSize } from './sizes.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    notifications: { type: 'string' },
    rounds: { type: 'string' },
    backlog: { type: 'string' },
    output: { type: 'string', default: 'bench-result.json' },
  },
});
const size = {
  ...(values.quick ? quickSize : fullSize),
  ...(values.notifications !== undefined && { notifications: Number(values.notifications) }),
  ...(values.rounds !== undefined && { rounds: Number(values.rounds) }),
  ...(values.backlog !== undefined && { backlog: Number(values.backlog) }),
};
const all = Object.keys(sections) as SectionName[];
const named = values.only?.split(',') ?? all.filter((name) => !values.quick || sections[name].isQuick);
const unknown = named.filter((name) => !(name in sections));
if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}; there are ${all.join(', ')}.`);

stopWhenInterrupted();
const machine = {
  ...{ cpus: cpus().length, model: cpus()[0]?.model, memoryGiB: Math.round(totalmem() / 2 ** 30) },
  ...{ node: process.version, ...(await temporalPins()), loadBefore: loadavg() },
};
const startedMs = Date.now();
const results: Results = {};
for (const name of named as SectionName[]) {
  const { title, run } = sections[name];
  console.log(`\n${title} …`);
  const say = (line: string): void =>
    console.log(`  ${String(Math.round((Date.now() - startedMs) / 1000)).padStart(5)} s  ${line}`);
  results[name] = await run(size, say, results);
  // After each, so that a later part that fails does not take with it what an hour has found.
  const report = { at: new Date().toISOString(), machine, size, loadAfter: loadavg(), results };
  writeFileSync(values.output, `${JSON.stringify(report, null, 2)}\n`);
}
console.log(
  `\nEverything of it is in ${values.output}; it took ${Math.round((Date.now() - startedMs) / 1000)} s.`,
);
process.exit(0);
