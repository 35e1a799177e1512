import { z } from 'zod';
import {
  Attempt,
  AttemptsQuery,
  CallbackHistory,
  HistoryQuery,
  Redelivery,
} from '../../domain/history.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { redeliverStatus } from '../../use-cases/redeliver-status.ts';
import { showAttempts, showHistory } from '../../use-cases/show-history.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { listOf, problems, toList } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

export const AttemptList = listOf(Attempt, 'AttemptList');

export function addHistoryRoutes(app: ZodApp, deps: RouteDeps): void {
  app.get(
    '/notifications/:id/callbacks',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: "Show what became of a notification's statuses, with their attempts",
        description:
          'In sequence. A page has at most `limit` statuses, and fewer where they and their attempts are large.',
        params: z.strictObject({ id: Uuid }),
        querystring: HistoryQuery,
        response: { 200: CallbackHistory, ...problems('NOT_FOUND') },
      },
    },
    async (request) => toList(await showHistory(deps, callerOf(request), request.params.id, request.query)),
  );

  app.get(
    '/notifications/:id/callbacks/:callback_id/attempts',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: 'List the attempts to deliver a status',
        description: 'The newest first. `callback_id` is the `id` that the history shows.',
        params: z.strictObject({ id: Uuid, callback_id: Uuid }),
        querystring: AttemptsQuery,
        response: { 200: AttemptList, ...problems('NOT_FOUND') },
      },
    },
    async (request) => {
      const { id: notificationId, callback_id: eventId } = request.params;
      return toList(await showAttempts(deps, callerOf(request), { notificationId, eventId }, request.query));
    },
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
