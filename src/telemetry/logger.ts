import { pino, type Logger } from 'pino';

/** JSON lines on standard output. What might hold a secret or a recipient is cut out, should it ever get here. */
export function createLogger(level: string, part: string): Logger {
  return pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        ...['authorization', 'cookie', 'x-api-key'].map((header) => `req.headers["${header}"]`),
        ...['to', 'recipient', 'token', 'bearer_token', 'key', 'body', 'password'].flatMap((name) => [
          name,
          `*.${name}`,
        ]),
      ],
      remove: true,
    },
  });
}
