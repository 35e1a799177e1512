import { readFileSync } from 'node:fs';
import { Environment } from '../../src/config.ts';

const root = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  scripts: Record<string, string>;
};

test('the README’s table of configuration names exactly the variables that are read', () => {
  const section = readme.slice(readme.indexOf('## Configuration'), readme.indexOf('## Operating'));
  const named = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);

  expect(named.sort()).toEqual(Object.keys(Environment.shape).sort());
});

test('every npm command of the README exists', () => {
  const named = [...readme.matchAll(/npm (?:run ([a-z:-]+)|(start|test))/g)].map(
    ([, run, plain]) => run ?? plain ?? '',
  );

  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('every file and folder the README names in its sources exists', () => {
  const named = [...readme.matchAll(/`((?:src|test|workflows|activities)\/[\w./-]+)`/g)].map(
    ([, path = '']) => path,
  );

  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(() => readFileSync(new URL(path, root))).not.toThrow(/ENOENT/);
});
