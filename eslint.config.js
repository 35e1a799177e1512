import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// The house's dependency rule (docs/architecture.md): each room may import the rooms named beside it, and itself.
const rooms = {
  'src/concurrency': [],
  'src/domain': [],
  'src/signing': [],
  'src/ports': ['src/domain'],
  'src/profiles': ['src/domain'],
  'src/providers': ['src/domain'],
  'src/use-cases': [
    'src/concurrency',
    'src/domain',
    'src/profiles',
    'src/providers',
    'src/signing',
    'src/ports',
  ],
  'src/delivery': ['src/concurrency', 'src/domain', 'src/profiles', 'src/signing', 'src/ports'],
  'src/http': [
    ...['src/concurrency', 'src/domain', 'src/profiles', 'src/providers', 'src/signing', 'src/ports'],
    'src/use-cases',
  ],
  'src/dispatch': ['src/concurrency', 'src/domain', 'src/ports'],
  'src/db': ['src/concurrency', 'src/domain', 'src/ports'],
  'src/net': ['src/concurrency', 'src/domain', 'src/ports'],
  'src/mail': ['src/domain', 'src/ports'],
  'src/crypto': ['src/domain', 'src/ports'],
  'src/telemetry': ['src/domain', 'src/ports'],
  'src/temporal': ['src/domain', 'src/ports', 'workflows', 'activities'],
  'src/embedded': ['src/domain'],
  'src/config.ts': ['src/domain'],
  activities: ['src/concurrency', 'src/delivery', 'src/domain', 'src/profiles', 'src/signing', 'src/ports'],
  workflows: ['src/domain', 'activities'],
};

/** `no-restricted-paths` excepts folders below `from` only, so every forbidden room becomes a zone of its own. */
const restrictedPaths = Object.entries(rooms).flatMap(([target, allowed]) => {
  const others = [...Object.keys(rooms), 'src/main', 'test'].filter((room) => room !== target);
  const forbidden = others.filter((room) => !allowed.includes(room));
  return forbidden.map((room) => ({
    target: `./${target}`,
    from: `./${room}`,
    message: `${target} may not import ${room}; see the dependency rule in eslint.config.js.`,
  }));
});

const nodeOnlyWhere = (files, allow) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [{ regex: allow, message: 'This room is pure: effects come in through a port.' }] },
    ],
  },
});

// What a caller shows is compared with a secret in constant time, or the time tells how much of it is right.
const secretName = '/(secret|token|password|signature|hmac|credential)$/i';
const isSecret = (side) => `:matches([${side}.name=${secretName}], [${side}.property.name=${secretName}])`;
const isValue = (side) =>
  `:not([${side}.type='Literal']):not([${side}.type='Identifier'][${side}.name='undefined'])`;
const inConstantTime = {
  files: ['src/**', 'activities/**'],
  rules: {
    'no-restricted-syntax': [
      'error',
      ...[
        ['left', 'right'],
        ['right', 'left'],
      ].map(([side, other]) => ({
        selector: `BinaryExpression[operator=/^[!=]==?$/]${isSecret(side)}${isValue(other)}`,
        message: 'Compare a secret by equalsInConstantTime (src/signing/constant-time.ts).',
      })),
      {
        selector: `CallExpression:matches([callee.property.name='equals'], [callee.property.name='localeCompare'], [callee.property.name='compare']):matches([callee.object.name=${secretName}], [callee.object.property.name=${secretName}], [arguments.0.name=${secretName}], [arguments.0.property.name=${secretName}])`,
        message: 'Compare a secret by equalsInConstantTime (src/signing/constant-time.ts).',
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.ringback*/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'import-x/no-restricted-paths': ['error', { zones: restrictedPaths }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only main reads the environment, through src/config.ts.',
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Beside a rest element, a name is how a key is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      // A type parameter is how a caller names the shape of a JSON answer.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  inConstantTime,
  nodeOnlyWhere(
    ['src/domain/**', 'src/ports/**', 'src/profiles/**', 'src/providers/**'],
    '^(node:|pg$|fastify|undici|@temporalio/)',
  ),
  nodeOnlyWhere(['src/domain/**'], '^(?!\\.|zod$)'),
  nodeOnlyWhere(['src/concurrency/**'], '^(?!\\.|node:(?:timers/promises|perf_hooks)$)'),
  {
    // Workflows import domain code: zod would come along into their bundle, and an upgrade of it into their replays.
    files: ['src/domain/**'],
    ignores: ['src/domain/**/*.schema.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!\\.)', message: 'Only the schemas of the domain import a package, zod.' },
            { regex: '\\.schema\\.ts$', message: 'zod stays out of the bundle.', allowTypeImports: true },
          ],
        },
      ],
    },
  },
  nodeOnlyWhere(['src/signing/**'], '^(?!\\.|node:crypto$)'),
  nodeOnlyWhere(['src/use-cases/**'], '^(?!\\.|uuid$|node:crypto$)'),
  {
    // What a workflow imports is replayed for years: the SDK, pure domain code, and the activities' types.
    files: ['workflows/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.|@temporalio/(workflow|common)$)',
              message: 'A workflow may import only the Temporal SDK.',
            },
            { regex: '\\.schema\\.ts$', message: 'zod stays out of the bundle.', allowTypeImports: true },
            {
              regex: '/activities/',
              message: 'Activities run elsewhere: import their types.',
              allowTypeImports: true,
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/main/**', 'src/config.ts', 'test/**', 'src/embedded/**', 'docs/examples/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    ...tseslint.configs.disableTypeChecked,
  },
  { files: ['eslint.config.js'], rules: { 'import-x/no-default-export': 'off' } },
);
