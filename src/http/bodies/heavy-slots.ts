import type { onRequestAsyncHookHandler } from 'fastify';
import { AppError } from '../../domain/errors.ts';
import { callerOf } from '../authenticate.ts';

const maxAtOnce = 6;
/** One caller must not take all of them. */
const maxPerCaller = 2;
/** As long as a request may take to arrive, and as much again for its answer to be read. */
const maxHeldMs = 60_000;

const gone = new AppError('INVALID_INPUT', 'The connection was closed before the body was read.');

/**
 * A hook for routes with large bodies, before a byte of one is read: a few of them are in memory at the same time, and who
 * comes beyond is asked to come again.
 */
export function createHeavySlots(): onRequestAsyncHookHandler {
  const held = new Map<string, number>();
  let taken = 0;

  return async (request, reply) => {
    const caller = callerOf(request);
    const name = caller.kind === 'service' ? caller.serviceId : caller.kind;
    const own = held.get(name) ?? 0;
    if (taken >= maxAtOnce || own >= maxPerCaller) {
      void reply.header('retry-after', '1');
      throw new AppError(
        'UNAVAILABLE',
        'As many large requests as are taken at a time are being carried out: send this one again in a second.',
      );
    }
    // Who has gone while it was looked up what he may do closes no second time: a slot would never be given back.
    if (request.raw.destroyed || request.raw.socket.destroyed) throw gone;
    taken += 1;
    held.set(name, own + 1);
    const timer = setTimeout(() => request.raw.destroy(), maxHeldMs);
    reply.raw.once('close', () => {
      clearTimeout(timer);
      taken -= 1;
      const left = (held.get(name) ?? 1) - 1;
      if (left > 0) held.set(name, left);
      else held.delete(name);
    });
  };
}
