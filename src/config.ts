import { isIP, isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const port = z.coerce.number().int().min(1).max(65_535);
const count = (usual: number) => z.coerce.number().int().min(1).max(1_000_000).default(usual);
const url = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `must be a URL such as ${example}` });

const cidr = z
  .string()
  .regex(/^[0-9a-fA-F:.]+\/\d{1,3}$/, 'must be a comma-separated list of CIDRs such as 10.0.0.0/8')
  .refine(isCidr, 'must be a comma-separated list of CIDRs such as 10.0.0.0/8');
/** What stands between commas; nothing for an empty variable. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const cidrs = list.pipe(z.array(cidr));

const lowPorts = list.pipe(
  z.array(
    z
      .string()
      .regex(/^[1-9]\d{0,3}$/, 'must be a comma-separated list of ports below 1024 such as 444,993')
      .transform(Number)
      .refine((given) => given < 1024, 'must be a comma-separated list of ports below 1024 such as 444,993'),
  ),
);

const nameServers = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z
      .array(
        z
          .string()
          .refine(
            isNameServer,
            'must be a comma-separated list such as 10.0.0.2,10.0.0.3:5353,[2001:db8::1]:53',
          ),
      )
      .min(1),
  );

const secretKeys = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(
    z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{43}=$/,
            'must be <key id>:<base64 of 32 bytes>, the newest first, older ones after a comma',
          ),
      )
      .min(1)
      .refine(
        (keys) => new Set(keys.map((key) => key.split(':')[0])).size === keys.length,
        'must give each key an id of its own',
      ),
  );

/** Every variable Ringback reads; the README's table says what each is for. */
export const Environment = z.object({
  ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(8600),
  RINGBACK_HOME: z.string().min(1).default('.ringback'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  PUBLIC_URL: url(/^https?$/, 'https://ringback.example').optional(),
  TRUST_PROXY: cidrs,
  RATE_LIMIT_PER_SECOND: count(1_000),
  AUTH_FAILURES_PER_SECOND: count(20),
  MAX_CONNECTIONS: count(2_000),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user:password@host:5432/ringback').optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'must be host:port')
    .optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: z.string().min(1).optional(),
  TEMPORAL_TLS_SERVER_NAME: z.string().min(1).optional(),
  TEMPORAL_UI_PORT: port.optional(),
  // Read where Temporal is got, with PATH and what Go reads.
  TEMPORAL_DOWNLOAD_UNPINNED: flag,
  TEMPORAL_UI_URL: url(/^https?$/, 'http://127.0.0.1:8233').optional(),
  RINGBACK_ADMIN_TOKEN: z.string().min(16, 'must be at least 16 characters').optional(),
  RINGBACK_SECRET_KEYS: secretKeys.optional(),
  EGRESS_ALLOW: cidrs,
  EGRESS_ALLOW_HTTP: flag,
  EGRESS_PORTS: lowPorts,
  EGRESS_PROXY: url(/^http$/, 'http://proxy.example:3128')
    .refine(isOrigin, 'must be a URL such as http://proxy.example:3128')
    .optional(),
  EGRESS_RESOLVERS: nameServers.optional(),
  SMTP_URL: url(/^smtps?$/, 'smtp://user:password@host:587').optional(),
  MAIL_FROM: z.string().min(3).default('Ringback <ringback@localhost>'),
});

export type Config = z.infer<typeof Environment>;

/** All that is wrong with the environment at once; `sysexits.h` calls its exit code EX_CONFIG, 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** The configuration in `env`; an empty variable counts as unset. Throws ConfigError naming every wrong variable. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(given);
  const wrong = (result.error?.issues ?? []).map(
    ({ path, message }) => `${String(path[0])} ${withoutValue(message)}`,
  );
  const problems = [...new Set([...wrong, ...missingForRole(given), ...halfAKey(given)])];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(result.data);
}

/** Parts that run alone share their state with the others, so none of it may be made up on the spot. */
function missingForRole(given: Readonly<Record<string, string | undefined>>): string[] {
  const role = given['ROLE'];
  if (role !== 'api' && role !== 'worker') return [];
  return ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'RINGBACK_SECRET_KEYS', 'RINGBACK_ADMIN_TOKEN']
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} must be set when ROLE is ${role}`);
}

/** A certificate proves nothing without its key, nor a key without its certificate. */
function halfAKey(given: Readonly<Record<string, string | undefined>>): string[] {
  const names = ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'];
  const [missing, ...others] = names.filter((name) => given[name] === undefined);
  if (missing === undefined || others.length > 0) return [];
  return [`${missing} must be set as well: a certificate and its key go together`];
}

/** zod quotes what it got in some messages; a wrong variable may be a secret in the wrong place. */
function withoutValue(message: string): string {
  return message.replace(/, received .*$/, '').replace(/^Invalid/, 'is invalid:');
}

/** Nothing behind host and port, whatever stands before them. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash } = new URL(text);
  return `${pathname}${search}${hash}` === '/';
}

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const max = address.includes(':') ? 128 : 32;
  const host = address.includes(':') ? `[${address}]` : address;
  return (
    Number(bits) <= max &&
    URL.canParse(`http://${host}/`) &&
    (address.includes(':') || /^(?:(?:0|[1-9]\d*)\.){3}(?:0|[1-9]\d*)$/.test(address))
  );
}

/** As `dns.setServers` takes it: an address, and with a port an IPv6 one in brackets. */
function isNameServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isAddress = v6 === undefined ? isIPv4(v4 ?? '') : isIPv6(v6);
  return isAddress && (port === undefined || (Number(port) > 0 && Number(port) < 65_536));
}
