import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestNeeds } from './test-servers.ts';

const support = dirname(fileURLToPath(import.meta.url));

/** What the chosen test files use, told from what they import: a run of unit tests waits for no server. */
export function testNeeds(rootDir: string, chosen: { isMatch(path: string): boolean }): TestNeeds {
  const reached = new Set<string>();
  for (const name of readdirSync(join(rootDir, 'test'), { recursive: true, encoding: 'utf8' })) {
    const file = join(rootDir, 'test', name);
    if (file.endsWith('.test.ts') && chosen.isMatch(file)) follow(file, reached);
  }
  const isReached = (name: string): boolean => reached.has(resolve(support, name));
  return {
    database: isReached('database.ts'),
    bundle: isReached('test-bundle.ts'),
    timeSkippingServer: isReached('temporal-env.ts'),
  };
}

function follow(file: string, reached: Set<string>): void {
  if (reached.has(file) || !existsSync(file)) return;
  reached.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+\.ts)'/g)) {
    follow(resolve(dirname(file), path), reached);
  }
}
