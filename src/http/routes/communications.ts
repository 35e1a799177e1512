import { z } from 'zod';
import { CallbackVersion, VersionsQuery } from '../../domain/callbacks/callback-version.schema.ts';
import { Callback, CallbackEvent } from '../../domain/callbacks/callback.schema.ts';
import { EnableCommunication, StartedDrain } from '../../domain/callbacks/drain.schema.ts';
import { Attempt } from '../../domain/notifications/history.schema.ts';
import { storedText, Uuid } from '../../domain/text.schema.ts';
import { disableCommunication } from '../../use-cases/callbacks/disable-communication.ts';
import { enableCommunication } from '../../use-cases/callbacks/enable-communication.ts';
import { listCallbackVersions } from '../../use-cases/callbacks/list-callback-versions.ts';
import { testCallback } from '../../use-cases/callbacks/test-callback.ts';
import { callerOf, operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity, operatorSecurity } from '../open-api.ts';
import { bodyProblems, listOf, problems, toList } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['callbacks'], params: z.strictObject({ id: Uuid, event: CallbackEvent }) };
const CallbackVersionList = listOf(CallbackVersion, 'CallbackVersionList');
export const DisableCommunication = z.strictObject({ reason: storedText(500).optional() }).nullish();

export function addCommunicationRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/services/:id/callbacks/:event/disable',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        security: operatorSecurity,
        summary: 'Disable a communication',
        description:
          'Everything accepted for it from then on is held, and so is what waits for its next attempt. Nobody is mailed.',
        body: DisableCommunication,
        response: { 200: Callback, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => {
      const { id, event } = request.params;
      return disableCommunication(deps, id, event, request.body?.reason);
    },
  );

  app.post(
    '/services/:id/callbacks/:event/enable',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        security: operatorSecurity,
        summary: 'Enable a communication and deliver what was held',
        description:
          'What was held is delivered in order, before anything newer of the same notification, with the settings as they are then. Called again while that goes on, or after it was cancelled, it sees to what is still held.',
        body: EnableCommunication,
        response: { 202: StartedDrain, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const { id, event } = request.params;
      return reply.code(202).send(await enableCommunication(deps, id, event, request.body));
    },
  );

  app.post(
    '/services/:id/callbacks/:event/test',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        security: operatorSecurity,
        summary: 'Send one marked event to a callback and show the attempt',
        description:
          'Also while it is disabled. The event has `ringback-test: true` among its headers and `ringback-test` as its reference; it is in no history.',
        response: { 200: Attempt, ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => testCallback(deps, request.params.id, request.params.event),
  );

  app.get(
    '/services/:id/callbacks/:event/versions',
    {
      schema: {
        ...common,
        security: callerSecurity,
        summary: 'List who changed what of a callback, when',
        description: 'The newest first. Of a secret it says only whether it was changed.',
        querystring: VersionsQuery,
        response: { 200: CallbackVersionList, ...problems('NOT_FOUND') },
      },
    },
    async (request) => {
      const { id, event } = request.params;
      return toList(await listCallbackVersions(deps, callerOf(request), id, event, request.query));
    },
  );
}
