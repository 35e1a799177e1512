import { existsSync, readFileSync } from 'node:fs';

// From the source tree, and from the build in dist/.
const candidates = ['../../package.json', '../../../package.json'].map(
  (path) => new URL(path, import.meta.url),
);

function readVersion(): string {
  const file = candidates.find((candidate) => existsSync(candidate));
  if (!file) throw new Error('package.json is not where the program expects it');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

export const version = readVersion();
