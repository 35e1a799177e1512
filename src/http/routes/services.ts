import { z } from 'zod';
import { notFound } from '../../domain/errors.ts';
import { PageQuery } from '../../domain/page.schema.ts';
import { CreateService, Service, UpdateService } from '../../domain/access/service.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { createService } from '../../use-cases/access/create-service.ts';
import { updateService } from '../../use-cases/access/update-service.ts';
import { operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { operatorSecurity } from '../open-api.ts';
import { bodyProblems, listOf, problems, toList } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['services'], security: operatorSecurity };
const ServiceParams = z.strictObject({ id: Uuid });
const ServiceList = listOf(Service, 'ServiceList');

export function addServiceRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/services',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Create a service',
        body: CreateService,
        response: { 201: Service, ...bodyProblems('FORBIDDEN') },
      },
    },
    async (request, reply) => reply.code(201).send(await createService(deps, request.body)),
  );

  app.get(
    '/services',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'List the services',
        querystring: PageQuery,
        response: { 200: ServiceList, ...problems('FORBIDDEN') },
      },
    },
    async (request) => toList(await deps.services.list(request.query)),
  );

  app.get(
    '/services/:id',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Show a service',
        params: ServiceParams,
        response: { 200: Service, ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => {
      const service = await deps.services.find(request.params.id);
      if (!service) throw notFound('service');
      return service;
    },
  );

  app.patch(
    '/services/:id',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        summary: 'Change a service',
        params: ServiceParams,
        body: UpdateService,
        response: { 200: Service, ...bodyProblems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request) => updateService(deps, request.params.id, request.body),
  );
}
