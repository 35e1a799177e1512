import { readFileSync } from 'node:fs';

type Locked = {
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
};
type Versions = Record<string, string>;

const readText = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const { packages } = JSON.parse(readText('../../package-lock.json')) as { packages: Record<string, Locked> };
const manifest = JSON.parse(readText('../../package.json')) as {
  dependencies: Versions;
  devDependencies: Versions;
  overrides: Versions;
  allowScripts: Record<string, boolean>;
};

test('the lockfile has every platform’s packages, without which npm ci refuses it on any platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );

  expect(missing).toEqual([]);
});

test('the lockfile names no registry', () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});

test('every package in the lockfile is held to the digest of its archive', () => {
  const unpinned = Object.entries(packages).filter(
    ([path, { integrity }]) => path !== '' && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
  );
  expect(unpinned.map(([path]) => path)).toEqual([]);
});

test('dependencies and overrides are versions, not ranges', () => {
  const { dependencies, devDependencies, overrides } = manifest;
  const ranges = Object.entries({ ...dependencies, ...devDependencies, ...overrides }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/.test(version),
  );
  expect(ranges).toEqual([]);
});

test('a package that wants to run something when it is installed is one that somebody has looked at', () => {
  const withScripts = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.split('node_modules/').at(-1));
  expect([...new Set(withScripts)].sort()).toEqual(Object.keys(manifest.allowScripts).sort());
});

test('the Python packages of the tests are archives of known digests, and none is built here', () => {
  const lines = readText('../clients/requirements.txt')
    .trim()
    .split(/\n(?! )/);
  const unpinned = lines.filter((line) => !/^[\w-]+==[\w.]+ \\\n +--hash=sha256:[0-9a-f]{64}$/.test(line));
  expect(lines.length).toBeGreaterThan(5);
  expect(unpinned).toEqual([]);
});
