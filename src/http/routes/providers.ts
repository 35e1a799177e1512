import { z } from 'zod';
import { ConfigureProvider, ConfiguredProvider } from '../../domain/providers/provider.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { configureProvider, removeProvider } from '../../use-cases/providers/configure-provider.ts';
import { operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { operatorSecurity } from '../open-api.ts';
import { bodyProblems, noContent, problems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = {
  tags: ['providers'],
  security: operatorSecurity,
  params: z.strictObject({ id: Uuid, provider: z.string().max(50) }),
};

/** Who of the providers may speak for a service. */
export function addProviderRoutes(app: ZodApp, deps: RouteDeps): void {
  app.put(
    '/services/:id/providers/:provider',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Say with what a provider shows itself for a service',
        description:
          'It replaces what was said before, and is never read back. `{"credentials": {"type": "none"}}` is the explicit choice of no check.',
        body: ConfigureProvider,
        response: {
          200: ConfiguredProvider,
          201: ConfiguredProvider,
          ...bodyProblems('FORBIDDEN', 'NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      const { id, provider } = request.params;
      const { stored, wasCreated } = await configureProvider(deps, id, provider, request.body);
      return reply.code(wasCreated ? 201 : 200).send(stored);
    },
  );

  app.delete(
    '/services/:id/providers/:provider',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Let a provider no longer speak for a service',
        response: { 204: noContent('It may not any more.'), ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const { id, provider } = request.params;
      await removeProvider(deps, id, provider);
      return reply.code(204).send(null);
    },
  );
}
