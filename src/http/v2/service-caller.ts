import type { FastifyRequest } from 'fastify';
import { AppError } from '../../domain/errors.ts';
import { isDispatch } from '../../profiles/index.ts';
import type { Caller } from '../../use-cases/caller.ts';
import { callerOf } from '../authenticate.ts';

/** The service that calls; FORBIDDEN for the operator, who has no notifications of his own. */
export function serviceOf(request: FastifyRequest): Extract<Caller, { kind: 'service' }> {
  const caller = callerOf(request);
  if (caller.kind === 'service' && !isDispatch(caller.profile)) return caller;
  if (caller.kind === 'service')
    throw new AppError('FORBIDDEN', 'This is for the Notify family; a Dispatch service has batches instead.');
  throw new AppError('FORBIDDEN', "This is for services: call it with a service's API key.");
}
