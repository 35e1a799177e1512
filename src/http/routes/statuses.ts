import { z } from 'zod';
import { AcceptedStatus, AcceptProblem, AcceptStatus } from '../../domain/acceptance/status.schema.ts';
import { AcceptComplaint } from '../../domain/notifications/complaint.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

export function addStatusRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/notifications/:id/statuses',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: 'Accept a status',
        description:
          'A 2xx is answered only once the status is durable, and will be delivered. The same `event_id` again is answered with 200 and the first `sequence`.',
        params: z.strictObject({ id: Uuid }),
        body: AcceptStatus,
        response: { 200: AcceptedStatus, 202: AcceptedStatus, ...bodyProblems('NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const accepted = await deps.acceptStatus(callerOf(request), request.params.id, request.body);
      return reply.code(accepted.duplicate ? 200 : 202).send(accepted);
    },
  );

  app.post(
    '/notifications/:id/problems',
    {
      schema: {
        tags: ['dispatch'],
        security: callerSecurity,
        summary: "Accept that a member's message could not be made or delivered",
        description:
          'It becomes the `message_delivery_problem` callback; a bounce is a status and none. The destination that is meant, or every one that nothing has become of yet, is processed with it.',
        params: z.strictObject({ id: Uuid }),
        body: AcceptProblem,
        response: { 200: AcceptedStatus, 202: AcceptedStatus, ...bodyProblems('NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      const accepted = await deps.acceptProblem(callerOf(request), request.params.id, request.body);
      return reply.code(accepted.duplicate ? 200 : 202).send(accepted);
    },
  );

  app.post(
    '/notifications/:id/complaints',
    {
      schema: {
        tags: ['notifications'],
        security: callerSecurity,
        summary: 'Accept a complaint about an e-mail',
        description: 'It becomes the `complaint` callback, as durably and in the same order as a status.',
        params: z.strictObject({ id: Uuid }),
        body: AcceptComplaint,
        response: { 200: AcceptedStatus, 202: AcceptedStatus, ...bodyProblems('NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const accepted = await deps.acceptComplaint(callerOf(request), request.params.id, request.body);
      return reply.code(accepted.duplicate ? 200 : 202).send(accepted);
    },
  );
}
