import { z } from 'zod';
import { CallbackHistory } from '../../domain/history.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
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
}
