import type { onRequestAsyncHookHandler } from 'fastify';
import { z } from 'zod';
import {
  LetterReference,
  LetterReport,
  MatchedLetters,
  maxLetterReferences,
  ReturnedLetters,
} from '../../domain/returned-letters.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { reportReturnedLetters, showLetterReport } from '../../use-cases/report-returned-letters.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { heavyLimitBytes, readList } from '../heavy-body.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems, problems } from '../responses.ts';
import { withStreamedList } from '../stream-json.ts';
import type { ZodApp } from '../zod-app.ts';

/** Takes reports, within a scope whose bodies come as bytes. */
export function addLetterReportRoute(
  app: ZodApp,
  deps: RouteDeps,
  takeHeavySlot: onRequestAsyncHookHandler,
): void {
  app.post(
    '/letters/returned',
    {
      bodyLimit: heavyLimitBytes,
      onRequest: takeHeavySlot,
      preValidation: readList({
        name: 'references',
        item: LetterReference,
        min: 1,
        max: maxLetterReferences,
      }),
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: 'Report letters that came back',
        description:
          'Each letter that is found becomes a `returned_letter` callback, as durably and in the same order as a status. Reported again, it is told of again. A workflow tells of them; the header `location` says where to look how far it is.',
        body: ReturnedLetters,
        response: { 200: MatchedLetters, ...bodyProblems() },
      },
    },
    async (request, reply) => {
      const { answer, reportId } = await reportReturnedLetters(deps, callerOf(request), request.body);
      if (reportId !== null) void reply.header('location', `/v1/letters/returned/${reportId}`);
      const { matched, unmatched } = answer;
      return reply
        .type('application/json; charset=utf-8')
        .send(withStreamedList({ matched }, 'unmatched', unmatched, {}) as never);
    },
  );
}

export function addLetterRoutes(app: ZodApp, deps: RouteDeps): void {
  app.get(
    '/letters/returned/:id',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: 'Show how far the telling of reported letters is',
        params: z.strictObject({ id: Uuid }),
        response: { 200: LetterReport, ...problems('NOT_FOUND') },
      },
    },
    async (request) => showLetterReport(deps, callerOf(request), request.params.id),
  );
}
