// How many bytes of bodies are under way at most. Small ones are not counted: the bound on connections bounds them. Of those
// that are, who has the most under way loses the oldest that is not whole yet: so bodies that never end keep nobody out.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../domain/errors.ts';

export interface BoundBodies {
  /** Before a byte of a body is read. Throws UNAVAILABLE where there is no room that anybody would give up. */
  admit(request: FastifyRequest, reply: FastifyReply, owner: string): void;
  readonly bytes: number;
}

type Body = { request: FastifyRequest['raw']; bytes: number };

const smallBytes = 16 * 1024;
/** Routes that take more have slots of their own (`heavy-slots.ts`). */
const largeBytes = 512 * 1024;

export function boundBodies(maxBytes: number): BoundBodies {
  // Of each owner in the order in which they came.
  const owners = new Map<string, { bodies: Set<Body>; bytes: number }>();
  let total = 0;

  const forget = (owner: string, body: Body): void => {
    const own = owners.get(owner);
    if (!own?.bodies.delete(body)) return;
    total -= body.bytes;
    own.bytes -= body.bytes;
    if (own.bodies.size === 0) owners.delete(owner);
  };

  const makeRoom = (): boolean => {
    for (const [owner, { bodies }] of [...owners].sort(([, left], [, right]) => right.bytes - left.bytes))
      for (const body of bodies) {
        if (body.request.complete) continue;
        forget(owner, body);
        body.request.socket.destroy();
        return true;
      }
    return false;
  };

  return {
    admit({ raw, headers, routeOptions }, reply, owner) {
      const length = headers['content-length'];
      if (length === undefined && headers['transfer-encoding'] === undefined) return;
      const limit = routeOptions.bodyLimit;
      // More than the limit is refused as soon as it is seen, and so never held.
      const given = Number(length ?? Infinity);
      const bytes = given <= limit ? given : limit;
      if (bytes <= smallBytes || limit > largeBytes) return;
      // Who has gone already closes no second time.
      if (raw.destroyed)
        throw new AppError('INVALID_INPUT', 'The connection was closed before the body was read.');
      while (total + bytes > maxBytes)
        if (!makeRoom())
          throw new AppError(
            'UNAVAILABLE',
            'Too many large requests are under way: send this one again in a second.',
            {
              retryAfterSeconds: 1,
            },
          );
      const body = { request: raw, bytes };
      const own = owners.get(owner) ?? { bodies: new Set<Body>(), bytes: 0 };
      owners.set(owner, own);
      own.bodies.add(body);
      own.bytes += bytes;
      total += bytes;
      reply.raw.once('close', () => forget(owner, body));
    },
    get bytes() {
      return total;
    },
  };
}
