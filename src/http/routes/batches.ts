import { z } from 'zod';
import { Batch, ShowBatchQuery, ShownBatch } from '../../domain/batch.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { closeBatch, membersOf, showBatch } from '../../use-cases/show-batch.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems, problems } from '../responses.ts';
import { withStreamedList } from '../stream-json.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['dispatch'], security: callerSecurity, params: z.strictObject({ id: Uuid }) };

export function addBatchRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/batches/:id/complete',
    {
      schema: {
        ...common,
        summary: 'Say that no more members come',
        description:
          'Once every destination of every member is processed, the batch is complete. When that is so of all batches of its communication, the communication is COMPLETE, and `communication_complete` is told of each.',
        response: { 200: Batch, ...bodyProblems('NOT_FOUND') },
      },
    },
    async (request) => closeBatch(deps, callerOf(request), request.params.id),
  );

  app.get(
    '/batches/:id',
    {
      schema: {
        ...common,
        summary: 'Show a batch',
        description:
          'With `includemembers=true` all of its members, however many, in their order, or with `limit` a page of them.',
        querystring: ShowBatchQuery,
        response: { 200: ShownBatch, ...problems('NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const batch = await showBatch(deps, callerOf(request), request.params.id);
      const { includemembers, limit = batch.member_count, cursor: from = 0 } = request.query;
      if (includemembers === 'false') return batch;
      const members = membersOf(deps, batch.id, { from, limit });
      const end = from + limit;
      const nextCursor = end < batch.member_count ? String(end) : null;
      return reply
        .type('application/json; charset=utf-8')
        .send(withStreamedList(batch, 'members', members, { next_cursor: nextCursor }) as never);
    },
  );
}
