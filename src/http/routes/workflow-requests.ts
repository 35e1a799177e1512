import { z } from 'zod';
import { notFound } from '../../domain/errors.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { ListWorkflowRequests, SetAsideRequest } from '../../domain/workflow-request.schema.ts';
import { operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { operatorSecurity } from '../open-api.ts';
import { listOf, problems, toList } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['process'], security: operatorSecurity };
const SetAsideRequestList = listOf(SetAsideRequest, 'SetAsideRequestList');

export function addWorkflowRequestRoutes(app: ZodApp, deps: RouteDeps): void {
  app.get(
    '/workflow-requests',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'List workflow requests that were set aside',
        description: 'Temporal has refused each of them eight times. They are kept until they are retried.',
        querystring: ListWorkflowRequests,
        response: { 200: SetAsideRequestList, ...problems('FORBIDDEN') },
      },
    },
    async (request) => toList(await deps.setAsideRequests.list(request.query)),
  );

  app.post(
    '/workflow-requests/:id/retry',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Retry a workflow request',
        params: z.strictObject({ id: Uuid }),
        response: { 202: SetAsideRequest, ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const retried = await deps.setAsideRequests.retry(request.params.id);
      if (!retried) throw notFound('workflow request that is set aside');
      return reply.code(202).send(retried);
    },
  );
}
