import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ESLint } from 'eslint';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = new ESLint({ cwd: root });

const forbiddenByPath = 'import-x/no-restricted-paths';
const forbiddenByName = '@typescript-eslint/no-restricted-imports';

// The text is linted in place of a file that exists: the type-aware rules refuse a path that the project lacks.
async function lint(room: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: join(root, fileIn(room)) });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

async function lintImportOf(target: string, from: string): Promise<string[]> {
  const path = relative(dirname(fileIn(from)), fileIn(target));
  const specifier = path.startsWith('.') ? path : `./${path}`;
  return lint(from, `import * as target from '${specifier}';\nexport const imported: unknown = target;\n`);
}

const importOf = (specifier: string): string =>
  `import * as target from '${specifier}';\nexport const imported: unknown = target;\n`;

function filesBelow(folder: string, suffix = '.ts'): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(folder, name))
    .sort();
}

function fileIn(room: string): string {
  if (room.endsWith('.ts')) return room;
  const file = filesBelow(room).find((name) => !name.endsWith('.schema.ts'));
  if (file === undefined) throw new Error(`${room} has no file to lint in its place.`);
  return file;
}

// The first use starts the type checker, which takes seconds.
beforeAll(() => lint('src/domain', ''), 60_000);

describe('the dependency rule', () => {
  test.each([
    ['src/domain', 'src/db'],
    ['src/domain', 'src/ports'],
    ['src/domain', 'src/profiles'],
    ['src/ports', 'src/db'],
    ['src/profiles', 'src/ports'],
    ['src/use-cases', 'src/db'],
    ['src/use-cases', 'src/http'],
    ['src/http', 'src/db'],
    ['src/http', 'src/net'],
    ['src/db', 'src/use-cases'],
    ['src/db', 'src/net'],
    ['src/net', 'src/db'],
    ['src/temporal', 'src/db'],
    ['src/embedded', 'src/db'],
    ['activities', 'src/db'],
    ['activities', 'src/use-cases'],
    ['workflows', 'src/db'],
    ['workflows', 'src/ports'],
    ['src/db', 'src/main'],
    ['src/http', 'src/main'],
    ['src/domain', 'test'],
  ])('refuses an import in %s of %s.', async (from, target) => {
    expect(await lintImportOf(target, from)).toContain(forbiddenByPath);
  });

  test.each([
    ['src/profiles', 'src/domain'],
    ['src/use-cases', 'src/domain'],
    ['src/use-cases', 'src/ports'],
    ['src/http', 'src/use-cases'],
    ['src/db', 'src/domain'],
    ['src/temporal', 'workflows'],
    ['activities', 'src/profiles'],
    ['workflows', 'src/domain'],
    ['src/main', 'src/db'],
  ])('lets %s import %s.', async (from, target) => {
    expect(await lintImportOf(target, from)).toEqual([]);
  });

  test.each([
    ['src/domain', 'node:fs'],
    ['src/domain', 'pg'],
    ['src/domain', 'zod'],
    ['src/ports', 'node:fs'],
    ['src/profiles', 'undici'],
    ['src/signing', 'node:fs'],
    ['src/use-cases', 'pg'],
    ['src/use-cases', 'node:fs'],
    ['workflows', 'node:crypto'],
    ['workflows', '@temporalio/client'],
    ['workflows', 'zod'],
  ])('refuses an import in %s of the package %s.', async (room, name) => {
    expect(await lint(room, importOf(name))).toContain(forbiddenByName);
  });

  test.each([
    ['src/domain/status.schema.ts', 'zod'],
    ['src/signing', 'node:crypto'],
    ['src/use-cases', 'uuid'],
    ['src/db', 'pg'],
    ['workflows', '@temporalio/workflow'],
  ])('lets %s import the package %s.', async (room, name) => {
    expect(await lint(room, importOf(name))).toEqual([]);
  });

  test("lets a workflow import the activities' types and not their values.", async () => {
    const path = relative('workflows', fileIn('activities'));
    const text = (kind: string): string =>
      `import ${kind}Activities } from '${path}';\nexport type Own = Activities;\n`;
    expect(await lint('workflows', text('type { '))).not.toContain(forbiddenByName);
    expect(await lint('workflows', importOf(path))).toContain(forbiddenByName);
  });

  test('keeps zod out of the workflow bundle: schemas are imported by workflows and domain code for their types only.', async () => {
    expect(await lint('workflows', importOf('../src/domain/status.schema.ts'))).toContain(forbiddenByName);
    expect(await lint('src/domain', importOf('./status.schema.ts'))).toContain(forbiddenByName);
  });

  test('knows every folder of src, so that a new room cannot stand outside the rule.', async () => {
    const rooms = await restrictedRooms();
    const folders = readdirSync(join(root, 'src')).map((name) => `src/${name}`);
    const outside = folders.filter((folder) => folder !== 'src/main' && !rooms.has(folder));
    expect(outside).toEqual([]);
  });
});

describe('the other rules that stand for a promise of the house', () => {
  test.each(['src/domain', 'src/db', 'src/http', 'src/use-cases', 'activities', 'workflows'])(
    'refuses to read the environment in %s.',
    async (room) => {
      expect(await lint(room, "export const port = process.env['PORT'];\n")).toContain(
        'no-restricted-properties',
      );
    },
  );

  test('lets main read the environment.', async () => {
    expect(await lint('src/main', "export const port = process.env['PORT'];\n")).toEqual([]);
  });

  test('refuses a promise where a synchronous function is needed.', async () => {
    const text =
      'declare function validateWith(validate: (input: string) => void): void;\n' +
      'validateWith(async (input) => { await Promise.resolve(input); });\n';
    expect(await lint('src/use-cases', text)).toContain('@typescript-eslint/no-misused-promises');
  });

  test.each([
    ['shown.password === own.password', 'src/use-cases'],
    ['"a".concat("b") !== own.secret', 'src/http'],
    ['shown.token == own.name', 'src/net'],
    [
      'Buffer.from(shown.token).equals(Buffer.from(own.secret)) || own.signature.localeCompare(shown.token) === 0',
      'src/db',
    ],
  ])('refuses a comparison of secrets that takes longer the more is right: %s', async (comparison, room) => {
    const text = `type T = { password: string; secret: string; token: string; signature: string; name: string };
      export const compare = (shown: T, own: T): boolean => ${comparison};\n`;
    expect(await lint(room, text)).toContain('no-restricted-syntax');
  });

  test('lets it be asked whether there is a secret.', async () => {
    const text = `type T = { password?: string; token: string | null };
      export const isGiven = (own: T): boolean => own.password !== undefined && own.token !== null && own.token !== '';\n`;
    expect(await lint('src/use-cases', text)).toEqual([]);
  });

  test('refuses a default export.', async () => {
    expect(await lint('src/domain', 'export default 1;\n')).toContain('import-x/no-default-export');
  });

  test('refuses a file of more than 300 lines.', async () => {
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, n) => `export const n${n} = ${n};\n`).join('');
    expect(await lint('src/domain', lines(300))).toEqual([]);
    expect(await lint('src/domain', lines(301))).toContain('max-lines');
  });

  test('has no source file of more than 300 lines.', () => {
    const folders = ['src', 'workflows', 'activities', 'test'];
    const sources = folders.flatMap((folder) => [...filesBelow(folder), ...filesBelow(folder, '.mjs')]);
    const lineCount = (file: string): number =>
      readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length;
    expect(sources.filter((file) => lineCount(file) > 300)).toEqual([]);
  });
});

async function restrictedRooms(): Promise<Set<string>> {
  const config = (await eslint.calculateConfigForFile(join(root, fileIn('src/domain')))) as {
    rules: Record<string, [number, { zones: { target: string }[] }]>;
  };
  const zones = config.rules[forbiddenByPath]?.[1].zones ?? [];
  return new Set(zones.map((zone) => zone.target.replace(/^\.\//, '')));
}
