// There may be no container engine where this runs: the file is held against the published schema and our own rules.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { Ajv } from 'ajv';
import formats from 'ajv-formats';

import { Environment, readConfig } from '../../src/config.ts';
import { silentLogSettings } from '../../src/embedded/postgres-cluster.ts';
import { temporalPins } from '../../src/embedded/temporal-pins.ts';
import { searchAttributeNames } from '../../workflows/search-attributes.ts';
import {
  composeObjections,
  parseCompose,
  readRootFile,
  variablesOfExample,
} from '../support/compose-file.ts';

const require = createRequire(import.meta.url);
const text = readRootFile('docker-compose.yml');
const example = readRootFile('.env.example');
const known = new Set(Object.keys(Environment.shape));
const compose = parseCompose(text);

// dclint publishes the Compose Specification's schema (Apache-2.0) beside its own code.
function composeSchema(): object {
  const dclint = dirname(require.resolve('dclint/package.json'));
  const schema = JSON.parse(readFileSync(join(dclint, 'schemas', 'compose.schema.json'), 'utf8')) as object;
  // It names draft-07 by an https address, by which Ajv does not know it.
  return { ...schema, $schema: 'http://json-schema.org/draft-07/schema#' };
}

function schemaErrors(file: unknown): string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(composeSchema());
  return validate(file)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const secrets: Record<string, string> = {
  POSTGRES_PASSWORD: 'letters',
  RINGBACK_DATABASE_PASSWORD: 'others',
  TEMPORAL_DATABASE_PASSWORD: 'more',
  RINGBACK_ADMIN_TOKEN: 'an operator token',
  RINGBACK_SECRET_KEYS: `2026a:${Buffer.alloc(32).toString('base64')}`,
};

function interpolate(value: string): string {
  return value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, operator: string, rest: string) =>
    operator === '-' ? rest : (secrets[name] ?? ''),
  );
}

describe('docker-compose.yml', () => {
  test('is valid by the schema of the Compose Specification.', () => {
    expect(schemaErrors(compose)).toEqual([]);
  });

  test('would be refused by the schema with a misspelled key.', () => {
    const misspelled = parseCompose(text.replace('healthcheck:', 'healtcheck:'));
    expect(schemaErrors(misspelled)).toContain('/services/postgres must NOT have additional properties');
  });

  test('keeps our own rules.', () => {
    expect(composeObjections(text, known, example)).toEqual([]);
  });

  test.each([
    ['postgres: the image postgres:latest is not pinned.', ':18.4-bookworm', ':latest'],
    ['postgres: the image postgres is not pinned.', ':18.4-bookworm', ''],
    ['worker is in the network of all.', '    networks: [outside, database, temporal, mail]\n', ''],
    ['api-1 connects to the database as its superuser.', 'postgres://ringback:', 'postgres://postgres:'],
    [
      'temporal connects to the database as its superuser.',
      'POSTGRES_USER: temporal',
      'POSTGRES_USER: postgres',
    ],
    [
      "temporal is given the superuser's password.",
      'POSTGRES_PWD: ${TEMPORAL_DATABASE',
      'POSTGRES_PWD: ${POSTGRES',
    ],
    ["migrate is given the superuser's password.", 'ringback:${RINGBACK_DATABASE', 'ringback:${POSTGRES'],
    ['worker runs on and has no healthcheck.', 'healthcheck: *ready', 'labels: []'],
    ['worker depends on mailpit, which is not there.', '  mailpit:\n    <<', '  mailcatcher:\n    <<'],
    ['worker is given ROLES, which the app does not know.', 'ROLE: worker', 'ROLES: worker'],
    ['MAIL_URL is used and not in .env.example.', '${SMTP_URL:-', '${MAIL_URL:-'],
    ['api-2 is not read-only under a user of its own.', '  read_only: true\n', ''],
    [
      'temporal may gain privileges.',
      "security_opt: ['no-new-privileges:true']\n    environment:\n      DB",
      'environment:\n      DB',
    ],
    [
      'api-1 should wait for migrate with service_completed_successfully.',
      'condition: service_completed_successfully',
      'condition: service_started',
    ],
  ])('would be objected to: %s', (objection, from, to) => {
    expect(text).toContain(from);
    const changed = text.replace(from, () => to);
    expect(composeObjections(changed, known, example)).toContain(objection);
  });

  test('lets each service reach what it needs, and nothing else', () => {
    const networks = Object.entries(compose.services).map(([name, service]) => [name, service.networks]);
    expect(Object.fromEntries(networks)).toEqual({
      postgres: ['database'],
      databases: ['database'],
      'temporal-schema': ['database'],
      migrate: ['database'],
      temporal: ['database', 'temporal'],
      'temporal-namespace': ['temporal'],
      'temporal-ui': ['temporal', 'temporal-ui'],
      mailpit: ['mail', 'mail-ui'],
      'api-1': ['outside', 'database'],
      'api-2': ['outside', 'database'],
      worker: ['outside', 'database', 'temporal', 'mail'],
    });
  });

  test('has no way out of the networks of the database, of Temporal and of the mails, nor a port of this machine into them', () => {
    const isInternal = (name: string): boolean => compose.networks?.[name]?.internal ?? false;
    expect(Object.keys(compose.networks ?? {}).filter(isInternal)).toEqual(['database', 'temporal', 'mail']);
    const published = Object.entries(compose.services).filter(([, { ports }]) => ports);
    expect(published.map(([name]) => name)).toEqual(['temporal-ui', 'mailpit', 'api-1', 'api-2']);
    for (const [, { ports = [], networks = [] }] of published) {
      expect(networks.some((name) => !isInternal(name))).toBe(true);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  test('gives Ringback and Temporal a role each, that is no superuser and owns its own databases', () => {
    const [, script = ''] = /psql [\s\S]*?<<'SQL'\n([\s\S]*?)\n *SQL\n/.exec(text) ?? [];
    expect(script).toContain('LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE');
    expect(script).toContain(
      "('ringback', 'ringback'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')",
    );
    expect(script).toContain(
      'REVOKE ALL ON DATABASE ringback, temporal, temporal_visibility, postgres FROM PUBLIC',
    );
    const { temporal, 'temporal-schema': schema } = compose.services;
    expect([temporal?.environment?.['POSTGRES_USER'], schema?.environment?.['SQL_USER']]).toEqual([
      'temporal',
      'temporal',
    ]);
    for (const name of ['migrate', 'api-1', 'api-2', 'worker'])
      expect(compose.services[name]?.environment?.['DATABASE_URL']).toMatch(/^postgres:\/\/ringback:/);
  });

  test("shows Temporal's UI without the actions that change something, unless .env says otherwise", () => {
    const { environment = {} } = compose.services['temporal-ui'] ?? {};
    expect(interpolate(environment['TEMPORAL_DISABLE_WRITE_ACTIONS'] ?? '')).toBe('true');
  });

  test('runs two API and two worker processes.', () => {
    const replicas = (role: string): number =>
      Object.values(compose.services)
        .filter(({ environment }) => environment?.['ROLE'] === role)
        .reduce((sum, { deploy }) => sum + (deploy?.replicas ?? 1), 0);
    expect([replicas('api'), replicas('worker')]).toEqual([2, 2]);
  });

  test("runs the Temporal that Ringback's own embedded one is pinned to.", async () => {
    const { server, ui } = await temporalPins();
    const images = Object.entries(compose.services).map(([name, { image }]) => [name, image]);
    expect(Object.fromEntries(images)).toMatchObject({
      temporal: `temporalio/server:${server}`,
      'temporal-schema': `temporalio/admin-tools:${server}`,
      'temporal-namespace': `temporalio/admin-tools:${server}`,
      'temporal-ui': `temporalio/ui:${ui}`,
    });
  });

  test('keeps recipients out of the log of PostgreSQL as the embedded one does.', () => {
    const silent = { ...silentLogSettings, log_min_messages: 'log' };
    const given = (compose.services['postgres'] as { command?: readonly string[] }).command;
    expect(given).toEqual(
      expect.arrayContaining(Object.entries(silent).map(([name, value]) => `-c${name}=${value}`)),
    );
  });

  test('registers the search attributes that workflows set.', () => {
    const [, names = ''] = /for name in (.*); do/.exec(text) ?? [];
    expect(names.split(' ').sort()).toEqual([...searchAttributeNames].sort());
  });

  test('gives API and workers a configuration that the app accepts.', () => {
    for (const service of ['api-1', 'api-2', 'worker']) {
      const given = compose.services[service]?.environment ?? {};
      const filled = Object.entries(given).map(([name, value]) => [name, interpolate(value)] as const);
      expect(() => readConfig(Object.fromEntries(filled))).not.toThrow();
    }
  });
});

describe('.env.example', () => {
  test('has every variable that the app knows, once.', () => {
    const names = variablesOfExample(example);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(expect.arrayContaining([...known]));
  });

  test('has no variable that nothing reads.', () => {
    const unread = variablesOfExample(example).filter(
      (name) => !known.has(name) && !text.includes(`\${${name}`),
    );
    expect(unread).toEqual([]);
  });

  test('holds a configuration that the app accepts once the secrets are filled in.', () => {
    const lines = example.matchAll(/^([A-Z][A-Z0-9_]*)="?(.*?)"?$/gm);
    const given: Record<string, string> = {};
    for (const [, name = '', value = ''] of lines) given[name] = secrets[name] ?? value;
    expect(() => readConfig(given)).not.toThrow();
  });
});
