import { z } from 'zod';
import { Drain } from '../../domain/callbacks/drain.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { cancelDrain } from '../../use-cases/callbacks/cancel-drain.ts';
import { showDrain } from '../../use-cases/callbacks/show-drain.ts';
import { callerOf, operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity, operatorSecurity } from '../open-api.ts';
import { problems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['callbacks'], params: z.strictObject({ id: Uuid }) };

export function addDrainRoutes(app: ZodApp, deps: RouteDeps): void {
  app.get(
    '/drains/:id',
    {
      schema: {
        ...common,
        security: callerSecurity,
        summary: 'Show how far the delivery of what was held has come',
        response: { 200: Drain, ...problems('NOT_FOUND') },
      },
    },
    async (request) => showDrain(deps, callerOf(request), request.params.id),
  );

  app.post(
    '/drains/:id/cancel',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        security: operatorSecurity,
        summary: 'Cancel the delivery of what was held',
        description: 'What it has not released stays held until the communication is enabled again.',
        response: { 200: Drain, ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => cancelDrain(deps, callerOf(request), request.params.id),
  );
}
