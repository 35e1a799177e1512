import { MatchedLetters, ReturnedLetters } from '../../domain/returned-letters.schema.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

export function addLetterRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/letters/returned',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: 'Report letters that came back',
        description:
          'Each letter that is found becomes a `returned_letter` callback, as durably and in the same order as a status. Reported again, it is told of again.',
        body: ReturnedLetters,
        response: { 200: MatchedLetters, ...bodyProblems() },
      },
    },
    async (request) => deps.reportReturnedLetters(callerOf(request), request.body),
  );
}
