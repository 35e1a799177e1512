import type { IncomingMessage } from 'node:http';
import { v7 as uuidv7 } from 'uuid';

export const requestIdHeader = 'x-request-id';

/** The caller's own id for a request where it is one that fits a log, so that both logs can be read together. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[requestIdHeader];
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given) ? given : uuidv7();
}
