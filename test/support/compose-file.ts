import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { parse } from 'yaml';

type ComposeService = {
  image: string;
  build?: string;
  user?: string;
  read_only?: boolean;
  security_opt?: string[];
  restart?: string;
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas: number };
  networks?: string[];
  ports?: string[];
};

type ComposeFile = {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
  networks?: Record<string, { internal?: boolean }>;
};

const rootFile = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

export const readRootFile = (name: string): string => readFileSync(rootFile(name), 'utf8');

export const parseCompose = (text: string): ComposeFile => parse(text, { merge: true }) as ComposeFile;

/** What breaks the house's own rules, in sentences; none when all is well. */
export function composeObjections(
  text: string,
  knownVariables: ReadonlySet<string>,
  example: string,
): string[] {
  const { services } = parseCompose(text);
  const documented = new Set(variablesOfExample(example));
  return [
    ...Object.entries(services).flatMap(([name, service]) =>
      serviceObjections(name, service, services, knownVariables),
    ),
    ...variablesUsed(text)
      .filter((variable) => !documented.has(variable))
      .map((variable) => `${variable} is used and not in .env.example.`),
  ];
}

function serviceObjections(
  name: string,
  service: ComposeService,
  services: Record<string, ComposeService>,
  knownVariables: ReadonlySet<string>,
): string[] {
  const needs = Object.entries(service.depends_on ?? {});
  const isOurs = service.build !== undefined;
  const unknown = isOurs
    ? Object.keys(service.environment ?? {}).filter((variable) => !knownVariables.has(variable))
    : [];
  return [
    ...(isPinned(service.image) ? [] : [`${name}: the image ${service.image} is not pinned.`]),
    ...(isOneShot(service) || service.healthcheck ? [] : [`${name} runs on and has no healthcheck.`]),
    ...(service.restart === undefined ? [`${name} has no restart policy.`] : []),
    ...(service.security_opt?.includes('no-new-privileges:true') ? [] : [`${name} may gain privileges.`]),
    ...(isOurs && !(service.read_only && service.user)
      ? [`${name} is not read-only under a user of its own.`]
      : []),
    ...needs
      .filter(([need]) => !(need in services))
      .map(([need]) => `${name} depends on ${need}, which is not there.`),
    ...needs.flatMap(([need, { condition }]) => conditionObjections(name, need, condition, services[need])),
    ...(service.networks ? [] : [`${name} is in the network of all.`]),
    ...superuserObjections(name, service),
    ...unknown.map((variable) => `${name} is given ${variable}, which the app does not know.`),
  ];
}

/** PostgreSQL itself has the superuser's password, and the job that makes the roles; nobody else connects as one. */
function superuserObjections(name: string, { environment = {} }: ComposeService): string[] {
  const { DATABASE_URL: url = '', SQL_USER: schemaUser, POSTGRES_USER: serverUser } = environment;
  const isSuperuser =
    /^postgres(ql)?:\/\/postgres[:@]/.test(url) || schemaUser === 'postgres' || serverUser === 'postgres';
  const hasPassword = Object.values(environment).some((value) => value.includes('${POSTGRES_PASSWORD'));
  return [
    ...(isSuperuser ? [`${name} connects to the database as its superuser.`] : []),
    ...(hasPassword && !['postgres', 'databases'].includes(name)
      ? [`${name} is given the superuser's password.`]
      : []),
  ];
}

function conditionObjections(
  name: string,
  need: string,
  condition: string,
  needed?: ComposeService,
): string[] {
  const expected = needed && isOneShot(needed) ? 'service_completed_successfully' : 'service_healthy';
  return condition === expected ? [] : [`${name} should wait for ${need} with ${expected}.`];
}

const isOneShot = (service: ComposeService): boolean => service.restart?.startsWith('on-failure') ?? false;

const isPinned = (image: string): boolean =>
  /@sha256:[0-9a-f]{64}$/.test(image) || /:v?\d+\.\d+[\w.-]*$/.test(image);

/** Names in `${NAME}`, `${NAME:-default}` and the like; `$$` is an escaped dollar. */
function variablesUsed(text: string): string[] {
  const names = [...text.replaceAll('$$', '').matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(
    (match) => match[1] ?? '',
  );
  return [...new Set(names)];
}

export function variablesOfExample(text: string): string[] {
  return [...text.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? '');
}
