import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Environment } from '../../src/config.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

test('the README is a front door of at most 180 lines', () => {
  expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(180);
});

test('the table of configuration names exactly the variables that are read', () => {
  const named = [...textOf('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);

  expect(named.sort()).toEqual(Object.keys(Environment.shape).sort());
});

test.each(pages)('every npm command of %s exists', (page) => {
  const named = [...textOf(page).matchAll(/npm (?:run ([a-z:-]+)|(start|test))/g)].map(
    ([, run, plain]) => run ?? plain ?? '',
  );

  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test.each(pages)('every file that %s names or links to exists', (page) => {
  const named = [...textOf(page).matchAll(/`((?:src|test|workflows|activities|docs)\/[\w./-]+)`/g)].map(
    ([, path = '']) => join(root, path),
  );
  const linked = [...textOf(page).matchAll(/\]\((?!https?:)([\w./-]+)/g)].map(([, path = '']) =>
    join(root, dirname(page), path),
  );

  expect([...named, ...linked].filter((path) => !existsSync(path))).toEqual([]);
});
