import { z } from 'zod';
import { AttemptsQuery, CallbackHistory, Redelivery } from '../../domain/history.schema.ts';
import { AcceptedInbound, AcceptInbound } from '../../domain/inbound.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { redeliverInbound } from '../../use-cases/redeliver-inbound.ts';
import { showInboundAttempts, showInboundHistory } from '../../use-cases/show-inbound-history.ts';
import { callerOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems, problems, toList } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';
import { AttemptList } from './history.ts';

const common = { tags: ['notifications'], security: callerSecurity, params: z.strictObject({ id: Uuid }) };

export function addInboundRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/services/:id/inbound',
    {
      schema: {
        ...common,
        summary: 'Accept a text message that somebody sent to a service',
        description:
          'It becomes the `inbound_sms` callback, as durably as a status, in the order of what the same number sends.',
        body: AcceptInbound,
        response: { 200: AcceptedInbound, 202: AcceptedInbound, ...bodyProblems('NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      const accepted = await deps.acceptInbound(callerOf(request), request.params.id, request.body);
      return reply.code(accepted.duplicate ? 200 : 202).send(accepted);
    },
  );

  app.get(
    '/inbound/:id/callbacks',
    {
      schema: {
        ...common,
        summary: 'Show what became of a message that came in, with its attempts',
        response: { 200: CallbackHistory, ...problems('NOT_FOUND') },
      },
    },
    async (request) => toList(await showInboundHistory(deps, callerOf(request), request.params.id)),
  );

  app.get(
    '/inbound/:id/attempts',
    {
      schema: {
        ...common,
        summary: 'List the attempts to deliver an inbound message',
        description: 'The newest first.',
        querystring: AttemptsQuery,
        response: { 200: AttemptList, ...problems('NOT_FOUND') },
      },
    },
    async (request) =>
      toList(await showInboundAttempts(deps, callerOf(request), request.params.id, request.query)),
  );

  app.post(
    '/inbound/:id/redeliver',
    {
      schema: {
        ...common,
        summary: 'Send a message again that was delivered or has failed',
        description: 'With all its attempts, the same event id and the same bytes.',
        response: { 202: Redelivery, ...problems('NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await redeliverInbound(deps, callerOf(request), request.params.id)),
  );
}
