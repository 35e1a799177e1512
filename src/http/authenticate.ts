import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { invalidField } from '../domain/errors.ts';
import { Uuid } from '../domain/text.schema.ts';
import type { AuthenticateUseCase } from '../use-cases/authenticate.ts';
import type { Caller } from '../use-cases/caller.ts';
import { requireOperator } from '../use-cases/require-operator.ts';

const decorator = 'caller';

/** Every route of `scope` is for known callers only, which is checked before a byte of the body is read. */
export function addAuthentication(scope: FastifyInstance, authenticate: AuthenticateUseCase): void {
  scope.decorateRequest(decorator);
  scope.addHook('onRequest', async (request) => {
    request.setDecorator<Caller>(decorator, await authenticate(request.headers.authorization));
  });
}

export function callerOf(request: FastifyRequest): Caller {
  return request.getDecorator<Caller>(decorator);
}

/** A route's `onRequest`: refuses everybody but the operator. */
export const operatorOnly: onRequestAsyncHookHandler = async (request) => requireOperator(callerOf(request));

/** The `:id` of a route, for hooks that come before its parameters are validated. */
export function idOf({ params }: FastifyRequest): string {
  const id = Uuid.safeParse((params as { id?: unknown }).id);
  if (!id.success) throw invalidField('id', 'must be a UUID');
  return id.data;
}
