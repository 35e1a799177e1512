import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Report = { results: { burst: { table: Record<string, Record<string, number>>; latencyMs: object } } };

test('the benchmark runs at a small size and measures both designs, whatever it finds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ringback-bench-test-'));
  const output = join(folder, 'result.json');
  const args = ['run', '--silent', 'bench', '--', '--quick', '--notifications', '20', '--output', output];
  const bench = spawn('npm', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [bench.stdout, bench.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(bench, 'exit')) as [number | null];

  expect({ code, said }).toMatchObject({ code: 0 });
  const { results } = JSON.parse(await readFile(output, 'utf8')) as Report;
  expect(Object.keys(results.burst.table)).toEqual(['ringback ×1', 'obvious ×1']);
  for (const row of Object.values(results.burst.table)) {
    expect(row['delivered/s']).toBeGreaterThan(0);
    expect(row['events']).toBeGreaterThan(0);
  }
  expect(results.burst.table['ringback ×1']?.['round trips']).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
}, 300_000);
