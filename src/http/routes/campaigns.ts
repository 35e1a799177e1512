import { z } from 'zod';
import {
  Campaign,
  ChangeCommunicationCallback,
  Communication,
  CommunicationEventName,
  CreateCampaign,
  CreateCommunication,
} from '../../domain/communication.schema.ts';
import { EnableCommunication, StartedDrain } from '../../domain/drain.schema.ts';
import { notFound } from '../../domain/errors.ts';
import { CommunicationCallbackResult, CommunicationHistoryQuery } from '../../domain/history.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { changeCommunicationCallback } from '../../use-cases/change-communication-callback.ts';
import { createCampaign } from '../../use-cases/create-campaign.ts';
import { createCommunication } from '../../use-cases/create-communication.ts';
import { disableWholeCommunication } from '../../use-cases/disable-communication.ts';
import { enableCommunication } from '../../use-cases/enable-communication.ts';
import { showCommunication, showCommunicationHistory } from '../../use-cases/show-communication.ts';
import { callerOf, operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity, operatorSecurity } from '../open-api.ts';
import { bodyProblems, listOf, problems, toList } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';
import { DisableCommunication } from './communications.ts';

const ofOperator = { tags: ['dispatch'], security: operatorSecurity };
const ofCaller = { tags: ['dispatch'], security: callerSecurity };
const params = z.strictObject({ id: Uuid });
const CommunicationHistory = listOf(CommunicationCallbackResult, 'CommunicationHistory');

export function addCampaignRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/campaigns',
    {
      onRequest: operatorOnly,
      schema: {
        ...ofOperator,
        summary: 'Create a campaign of a Dispatch service',
        body: CreateCampaign,
        response: { 201: Campaign, ...bodyProblems('FORBIDDEN') },
      },
    },
    async (request, reply) => reply.code(201).send(await createCampaign(deps, request.body)),
  );

  app.get(
    '/campaigns/:id',
    {
      onRequest: operatorOnly,
      schema: {
        ...ofOperator,
        summary: 'Show a campaign',
        params,
        response: { 200: Campaign, ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => {
      const campaign = await deps.campaigns.find(request.params.id);
      if (!campaign) throw notFound('campaign');
      return campaign;
    },
  );

  app.post(
    '/campaigns/:id/communications',
    {
      onRequest: operatorOnly,
      schema: {
        ...ofOperator,
        summary: 'Create a communication of a campaign, with its callbacks',
        description:
          'A callback carries nothing but its URL, into which `${variables}` are put: member attributes, the variables of the campaign for the mode, `batchId`, `communicationId`, `id` and `memberId`.',
        params,
        body: CreateCommunication,
        response: { 201: Communication, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createCommunication(deps, request.params.id, request.body)),
  );

  app.get(
    '/communications/:id',
    {
      schema: {
        ...ofCaller,
        summary: 'Show a communication',
        params,
        response: { 200: Communication, ...problems('NOT_FOUND') },
      },
    },
    async (request) => showCommunication(deps, callerOf(request), request.params.id),
  );

  app.get(
    '/communications/:id/callbacks',
    {
      schema: {
        ...ofCaller,
        summary: 'Show what became of all callbacks of a communication, with their attempts',
        description: 'The newest member first, and of each member the newest callback first.',
        params,
        querystring: CommunicationHistoryQuery,
        response: { 200: CommunicationHistory, ...problems('NOT_FOUND') },
      },
    },
    async (request) =>
      toList(await showCommunicationHistory(deps, callerOf(request), request.params.id, request.query)),
  );

  app.put(
    '/communications/:id/callbacks/:event',
    {
      onRequest: operatorOnly,
      schema: {
        ...ofOperator,
        summary: 'Change what a communication calls at an event',
        description:
          'What is held, and what waits for its next attempt, goes to where it leads from then on.',
        params: z.strictObject({ id: Uuid, event: CommunicationEventName }),
        body: ChangeCommunicationCallback,
        response: { 200: Communication, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => {
      const { id, event } = request.params;
      return changeCommunicationCallback(deps, id, event, request.body);
    },
  );

  app.post(
    '/communications/:id/disable',
    {
      onRequest: operatorOnly,
      schema: {
        ...ofOperator,
        summary: 'Disable a communication of a campaign',
        description:
          'All of its callbacks are held from then on, and its unsent batches wait. Nobody is mailed.',
        params,
        body: DisableCommunication,
        response: { 200: Communication, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => disableWholeCommunication(deps, request.params.id, request.body?.reason),
  );

  app.post(
    '/communications/:id/enable',
    {
      onRequest: operatorOnly,
      schema: {
        ...ofOperator,
        summary: 'Enable a communication of a campaign and deliver what was held',
        params,
        body: EnableCommunication,
        response: { 202: StartedDrain, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await enableCommunication(deps, request.params.id, 'communication', request.body)),
  );
}
