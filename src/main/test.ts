// `npm test`: prepares what the tests need, then runs every check and every test and adds them up.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporalBinaries } from '../embedded/temporal-server/temporal-binaries.ts';
import { createProgressLog } from './progress-log.ts';

type Sum = { passed: number; failed: number };

const checks = [
  { title: 'Lint and format', script: 'lint' },
  { title: 'Types', script: 'types' },
  { title: 'Dead code', script: 'dead-code' },
];

await temporalBinaries({ env: process.env, log: createProgressLog() });
const sum: Sum = { passed: 0, failed: 0 };
for (const { title, script } of checks) add(await check(title, script));
add(await jest(process.argv.slice(2)));
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 ? 0 : 1;

function add({ passed, failed }: Sum): void {
  sum.passed += passed;
  sum.failed += failed;
}

async function check(title: string, script: string): Promise<Sum> {
  const startedAt = Date.now();
  console.log(`${title} …`);
  const isGood = (await npmRun(script)) === 0;
  console.log(
    `${title}: ${isGood ? 'passed' : 'failed'} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  return isGood ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function jest(args: readonly string[]): Promise<Sum> {
  const folder = await mkdtemp(join(tmpdir(), 'ringback-test-'));
  try {
    const report = join(folder, 'jest.json');
    const code = await npmRun(
      'jest',
      ['--ci', '--verbose', '--json', `--outputFile=${report}`, ...args],
      'ignore',
    );
    const results = JSON.parse(await readFile(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numRuntimeErrorTestSuites: number;
    };
    // A test that does not run hides a missing part, so it counts as failed.
    const failed = results.numFailedTests + results.numPendingTests + results.numRuntimeErrorTestSuites;
    return { passed: results.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function npmRun(
  script: string,
  args: readonly string[] = [],
  stdout: 'inherit' | 'ignore' = 'inherit',
): Promise<number> {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    stdio: ['ignore', stdout, 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
