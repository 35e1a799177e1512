import { z } from 'zod';
import { CallbackHistory, Redelivery } from '../../domain/history.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { redeliverStatus } from '../../use-cases/redeliver-status.ts';
import { showHistory } from '../../use-cases/show-history.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { problems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

export function addHistoryRoutes(app: ZodApp, deps: RouteDeps): void {
  app.get(
    '/notifications/:id/callbacks',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: "Show what became of a notification's statuses, with every attempt",
        params: z.strictObject({ id: Uuid }),
        response: { 200: CallbackHistory, ...problems('NOT_FOUND') },
      },
    },
    async (request) => showHistory(deps, callerOf(request), request.params.id),
  );

  app.post(
    '/notifications/:id/callbacks/:callback_id/redeliver',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: 'Send a status again that was delivered or has failed',
        description:
          'With all its attempts, the same event id and the same bytes. `callback_id` is the `id` that the history shows.',
        params: z.strictObject({ id: Uuid, callback_id: Uuid }),
        response: { 202: Redelivery, ...problems('NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      const { id, callback_id: eventId } = request.params;
      return reply.code(202).send(await redeliverStatus(deps, callerOf(request), id, eventId));
    },
  );
}
