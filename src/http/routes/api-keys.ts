import { z } from 'zod';
import { CreateApiKey, CreatedApiKey } from '../../domain/access/api-key.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { createApiKey } from '../../use-cases/access/create-api-key.ts';
import { revokeApiKey } from '../../use-cases/access/revoke-api-key.ts';
import { operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { operatorSecurity } from '../open-api.ts';
import { bodyProblems, noContent, problems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['services'], security: operatorSecurity };

export function addApiKeyRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/services/:id/api-keys',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Make an API key',
        description: 'The answer is the only one that ever shows the key.',
        params: z.strictObject({ id: Uuid }),
        body: CreateApiKey,
        response: { 201: CreatedApiKey, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const created = await createApiKey(deps, request.params.id, request.body);
      // The one answer with a secret must stay in nobody's cache.
      return reply.code(201).header('cache-control', 'no-store').send(created);
    },
  );

  app.delete(
    '/services/:id/api-keys/:key_id',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Revoke an API key',
        description: 'Every process refuses it within a second.',
        params: z.strictObject({ id: Uuid, key_id: Uuid }),
        response: { 204: noContent('The key is revoked.'), ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) => {
      await revokeApiKey(deps, request.params.id, request.params.key_id);
      return reply.code(204).send(null);
    },
  );
}
