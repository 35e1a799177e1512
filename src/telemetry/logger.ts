import { pino, type Logger } from 'pino';
import { describeError } from '../domain/describe-error.ts';

const secretNames = [
  ...['authorization', 'cookie', 'x-api-key'],
  ...[
    'to',
    'recipient',
    'token',
    'bearer_token',
    'access_token',
    'client_secret',
    'private_key',
    'signing_secret',
    'key',
    'value',
    'body',
    'password',
  ],
  // PostgreSQL quotes whole rows in these when a constraint refuses one.
  ...['detail', 'where'],
];

/**
 * JSON lines on standard output. What might hold a secret or a recipient is cut out, should it ever get here, and of an
 * error only what cannot hold one is written, whatever it is logged as.
 */
export function createLogger(level: string, part: string): Logger {
  return pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      log: (details) =>
        Object.fromEntries(Object.entries(details).map(([name, value]) => [name, describeError(value)])),
    },
    // Ours has done it; pino's own would write every field.
    serializers: { err: describeError },
    redact: {
      paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      remove: true,
    },
  });
}
