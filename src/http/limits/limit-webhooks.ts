// Providers show themselves in ways that cost something to check. An address whose requests were refused too often has few
// of them checked, unless they bring what a good request brought before.
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../domain/errors.ts';
import type { BoundBodies } from '../bodies/bound-bodies.ts';
import type { BoundConnections } from './bound-connections.ts';
import { rateLimited, type CallLimits } from './call-limits.ts';
import { clientAddress } from './client-address.ts';

const refusals = new Set([401, 403, 404]);
const maxKnownGood = 10_000;
const refusal = new AppError('UNAUTHENTICATED', 'The request was refused.');

export function limitWebhooks(
  scope: FastifyInstance,
  {
    webhookFailures,
    webhookChecks,
    refuse,
  }: Pick<CallLimits, 'webhookFailures' | 'webhookChecks' | 'refuse'>,
  connections: Pick<BoundConnections, 'prove'>,
  bodies: BoundBodies,
): void {
  const knownGood = new Set<string>();
  const salt = randomBytes(16);

  /** Basic, a bearer token or `?token=`: the same with every request of a provider. Null for one that signs each. */
  const credentialOf = (request: FastifyRequest): string | null => {
    const { authorization = '' } = request.headers;
    const url = request.raw.url ?? '';
    const token = /[?&]token=([^&]*)/.exec(url)?.[1] ?? '';
    if (authorization === '' && token === '') return null;
    const [path = ''] = url.split('?');
    return createHash('sha256')
      .update(salt)
      .update(JSON.stringify([path, authorization, token]))
      .digest('base64');
  };

  scope.addHook('onRequest', async (request, reply) => {
    const address = clientAddress(request.ip);
    bodies.admit(request, reply, address);
    if (!webhookFailures.isSpent(address)) return;
    const credential = credentialOf(request);
    if (credential !== null && knownGood.has(credential)) return;
    const wait = webhookChecks(address);
    if (wait > 0)
      await refuse(rateLimited('Too many requests from this address were refused.', wait), request);
  });

  scope.addHook('onResponse', async (request, reply) => {
    if (refusals.has(reply.statusCode)) webhookFailures.refusal(clientAddress(request.ip), refusal);
    if (reply.statusCode >= 300) return;
    connections.prove(request.raw.socket);
    const credential = credentialOf(request);
    if (credential === null || knownGood.has(credential)) return;
    knownGood.add(credential);
    const [oldest] = knownGood;
    if (knownGood.size > maxKnownGood && oldest !== undefined) knownGood.delete(oldest);
  });
}
