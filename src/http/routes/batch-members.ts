import type { onRequestAsyncHookHandler } from 'fastify';
import { z } from 'zod';
import { AddedMembers, maxMembers, NewMember, NewMembers } from '../../domain/batch.schema.ts';
import { Uuid } from '../../domain/text.schema.ts';
import { appendMembers, createBatch } from '../../use-cases/batch-members.ts';
import { showBatch } from '../../use-cases/show-batch.ts';
import { showCommunication } from '../../use-cases/show-communication.ts';
import { callerOf, idOf } from '../authenticate.ts';
import type { RouteDeps } from '../deps.ts';
import { heavyLimitBytes, readList } from '../heavy-body.ts';
import { callerSecurity } from '../open-api.ts';
import { bodyProblems } from '../responses.ts';
import { withStreamedList } from '../stream-json.ts';
import type { ZodApp } from '../zod-app.ts';

const common = { tags: ['dispatch'], security: callerSecurity, params: z.strictObject({ id: Uuid }) };

/** The routes that take members, within a scope whose bodies come as bytes. */
export function addBatchMemberRoutes(
  app: ZodApp,
  deps: RouteDeps,
  takeHeavySlot: onRequestAsyncHookHandler,
): void {
  const heavy = {
    bodyLimit: heavyLimitBytes,
    preValidation: readList({ name: 'members', item: NewMember, min: 0, max: maxMembers }),
  };

  const ofOwnCommunication: onRequestAsyncHookHandler = async (request) => {
    await showCommunication(deps, callerOf(request), idOf(request));
  };
  app.post(
    '/communications/:id/batches',
    {
      ...heavy,
      onRequest: [ofOwnCommunication, takeHeavySlot],
      schema: {
        ...common,
        summary: 'Create a batch of a communication',
        description:
          'Each member is a notification from then on, with the id that the answer gives it. A batch with a member that is wrong is refused whole.',
        body: NewMembers,
        response: { 201: AddedMembers, ...bodyProblems('NOT_FOUND') },
      },
    },
    async (request, reply) => {
      const { id, members } = await createBatch(
        deps,
        callerOf(request),
        request.params.id,
        request.body.members,
      );
      return reply
        .code(201)
        .type(json)
        .send(withStreamedList({ id }, 'members', members, {}) as never);
    },
  );

  const ofOwnBatch: onRequestAsyncHookHandler = async (request) => {
    await showBatch(deps, callerOf(request), idOf(request));
  };
  app.post(
    '/batches/:id/members',
    {
      ...heavy,
      onRequest: [ofOwnBatch, takeHeavySlot],
      schema: {
        ...common,
        summary: 'Append members to a batch',
        body: NewMembers,
        response: { 201: AddedMembers, ...bodyProblems('NOT_FOUND', 'CONFLICT') },
      },
    },
    async (request, reply) => {
      const { id, members } = await appendMembers(
        deps,
        callerOf(request),
        request.params.id,
        request.body.members,
      );
      return reply
        .code(201)
        .type(json)
        .send(withStreamedList({ id }, 'members', members, {}) as never);
    },
  );
}

const json = 'application/json; charset=utf-8';
