import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { AppError, invalidField } from '../domain/errors.ts';
import { Uuid } from '../domain/text.schema.ts';
import type { AuthenticateUseCase } from '../use-cases/access/authenticate.ts';
import type { Caller } from '../use-cases/access/caller.ts';
import { requireOperator } from '../use-cases/access/require-operator.ts';
import type { BoundBodies } from './bodies/bound-bodies.ts';
import type { BoundConnections } from './limits/bound-connections.ts';
import type { CallLimits } from './limits/call-limits.ts';
import { clientAddress } from './limits/client-address.ts';

const decorator = 'caller';

export type Doorkeeper = {
  authenticate: AuthenticateUseCase;
  limits: Pick<CallLimits, 'admitKey' | 'failures' | 'turn' | 'refuse'>;
  connections: Pick<BoundConnections, 'prove'>;
  bodies: BoundBodies;
};

/** Every route of `scope` is for known callers only, which is checked before a byte of the body is read. */
export function addAuthentication(scope: FastifyInstance, door: Doorkeeper): void {
  scope.decorateRequest(decorator);
  scope.addHook('onRequest', async (request, reply) => {
    const caller = await admit(request, door);
    door.bodies.admit(request, reply, caller.kind === 'service' ? caller.serviceId : caller.kind);
    request.setDecorator<Caller>(decorator, caller);
  });
}

async function admit(
  request: FastifyRequest,
  { authenticate, limits, connections }: Doorkeeper,
): Promise<Caller> {
  const { failures } = limits;
  const address = clientAddress(request.ip);
  // A good key is good from any address: what an address that fails too often loses is haste, and second looks.
  const isSpent = failures.isSpent(address);
  const patience = { inGroups: isSpent, looksAgain: async () => !isSpent && limits.turn() };
  const caller = await authenticate(request.headers.authorization, patience).catch((cause: unknown) => {
    if (!(cause instanceof AppError && cause.code === 'UNAUTHENTICATED')) throw cause;
    const answer = failures.refusal(address, cause);
    if (answer === cause) throw cause;
    return limits.refuse(answer, request);
  });
  connections.prove(request.raw.socket);
  if (caller.kind === 'service') limits.admitKey(caller.keyId, caller.rateLimitPerSecond);
  return caller;
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
