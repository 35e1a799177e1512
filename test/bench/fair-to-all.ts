// npm run bench:fair [-- cases] – some customers' receivers are in trouble: what do the others notice? Each case on a whole
// installation of its own, with real callbacks over loopback; without the trouble and with it in the same run. All cases
// take some ten minutes; `npm run bench:fair -- 1a 5` runs two of them.
import { fairCases, type Row } from './fair-cases.ts';

const chosen = process.argv.slice(2);
const cases = fairCases.filter(({ id }) => chosen.length === 0 || chosen.includes(id));
const unknown = chosen.filter((id) => !fairCases.some((each) => each.id === id));
if (unknown.length > 0) {
  console.error(
    `There is no case ${unknown.join(', ')}; there are ${fairCases.map(({ id }) => id).join(', ')}.`,
  );
  process.exit(64);
}

const rows: { id: string; row: Row | null }[] = [];
for (const { id, run } of cases) {
  console.error(`Case ${id} …`);
  const row = await run().catch((cause: unknown) => {
    console.error(cause);
    return null;
  });
  rows.push({ id, row });
}

console.log('\nLatency from the caller’s request to the receiver, in ms, of the callbacks in no trouble:\n');
console.log('| case | | p50 before | p95 before | p95 during | found | target | verdict |');
console.log('|---|---|---|---|---|---|---|---|');
for (const { id, row } of rows)
  console.log(
    row
      ? `| ${id} | ${row.name} | ${row.before?.p50 ?? '–'} | ${row.before?.p95 ?? '–'} | ${row.p95} | ${row.found} | ${row.target} | ${row.isMet ? 'met' : '**missed**'} |`
      : `| ${id} | could not be measured | – | – | – | – | – | **missed** |`,
  );
process.exit(rows.every(({ row }) => row?.isMet) ? 0 : 1);
