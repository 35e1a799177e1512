import { z } from 'zod';
import { LetterReport, MatchedLetters, ReturnedLetters } from '../../domain/returned-letters.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { reportReturnedLetters, showLetterReport } from '../../use-cases/report-returned-letters.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems, problems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

/** 100,000 references of the usual length, several times over. */
const reportLimitBytes = 16 * 1024 * 1024;

export function addLetterRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/letters/returned',
    {
      bodyLimit: reportLimitBytes,
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
      return reply.send(answer);
    },
  );

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
