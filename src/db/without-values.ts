import { DatabaseError } from 'pg';

/**
 * PostgreSQL quotes rows and values in the parts of an error: in what explains it, and in class 22 ("data exception") in
 * its message. Errors go into logs and, from an activity, into Temporal's history. Changed in place, so that code and
 * constraint are still found by whoever looks for them.
 */
export function withoutValues(cause: unknown): unknown {
  if (!(cause instanceof DatabaseError)) return cause;
  const { message, stack } = cause;
  for (const part of ['detail', 'hint', 'where', 'internalQuery'] as const) cause[part] = undefined;
  if (cause.code?.startsWith('22') !== true) return cause;
  cause.message = message.replace(/".*"/s, '"…"').replace(/(?: 0x[0-9a-f]{2})+/g, ' …');
  if (stack !== undefined) cause.stack = stack.replace(message, () => cause.message);
  return cause;
}
