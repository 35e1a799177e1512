import { z } from 'zod';
import {
  Callback,
  CallbackEvent,
  ConfigureCallback,
  ConfiguredCallback,
} from '../../domain/callback.schema.ts';
import { RotatedSigningSecret } from '../../domain/credential.schema.ts';
import { notFound } from '../../domain/errors.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { maySeeSettings } from '../../use-cases/caller.ts';
import { configureCallback } from '../../use-cases/configure-callback.ts';
import { rotateSigningSecret } from '../../use-cases/rotate-signing-secret.ts';
import { callerOf, operatorOnly } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { callerSecurity, operatorSecurity } from '../open-api.ts';
import { bodyProblems, noContent, problems } from '../responses.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['callbacks'], params: z.strictObject({ id: Uuid, event: CallbackEvent }) };

/** A chain of certificates with its key, and a filter by hundreds of templates. */
const callbackLimitBytes = 128 * 1024;

export function addCallbackRoutes(app: ZodApp, deps: RouteDeps): void {
  app.put(
    '/services/:id/callbacks/:event',
    {
      bodyLimit: callbackLimitBytes,
      onRequest: operatorOnly,
      schema: {
        ...common,
        security: operatorSecurity,
        summary: "Create or replace a service's callback for an event",
        description:
          'What is not given falls back to the profile\'s defaults, except what proves us to the receiver: `auth`, `client_certificate` and `signing` stay as they are stored, until `{"type":"none"}`, `null` and `{"enabled":false}` end them. The answer that first turns signing on is the only one that shows its secret.',
        body: ConfigureCallback,
        response: {
          200: ConfiguredCallback,
          201: ConfiguredCallback,
          ...bodyProblems('FORBIDDEN', 'NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      const { id, event } = request.params;
      const { callback, wasCreated } = await configureCallback(deps, id, event, request.body);
      if (callback.signing_secret !== undefined) void reply.header('cache-control', 'no-store');
      return reply.code(wasCreated ? 201 : 200).send(callback);
    },
  );

  app.get(
    '/services/:id/callbacks/:event',
    {
      schema: {
        ...common,
        security: callerSecurity,
        summary: "Show a service's callback for an event, without its secrets",
        response: { 200: Callback, ...problems('NOT_FOUND') },
      },
    },
    async (request) => {
      const { id, event } = request.params;
      const callback = maySeeSettings(callerOf(request), id) ? await deps.callbacks.find(id, event) : null;
      if (!callback) throw notFound('callback');
      return callback;
    },
  );

  app.delete(
    '/services/:id/callbacks/:event',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        security: operatorSecurity,
        summary: "Remove a service's callback for an event",
        response: { 204: noContent('The callback is removed.'), ...problems('FORBIDDEN', 'NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const { id, event } = request.params;
      if (!(await deps.callbacks.remove(id, event))) throw notFound('callback');
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/services/:id/callbacks/:event/signing-secret/rotate',
    {
      onRequest: operatorOnly,
      schema: {
        ...common,
        security: operatorSecurity,
        summary: "Replace the signing secret of a service's callback",
        description:
          'The answer is the only one that shows the new secret. It and the one before both sign for 24 hours.',
        response: { 200: RotatedSigningSecret, ...problems('FORBIDDEN', 'NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      const { id, event } = request.params;
      const rotated = await rotateSigningSecret(deps, id, event);
      return reply.header('cache-control', 'no-store').send(rotated);
    },
  );
}
