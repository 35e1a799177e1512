// Errors as the clients of the Notify systems read them.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FieldError } from '../../domain/errors.ts';
import { logFault, sayWhenToRepeat, toRefusal } from '../error-handler.ts';
import { problemKinds, type ProblemCode } from '../problem.ts';

type NotifyError = { error: string; message: string };

const kinds: Partial<Record<ProblemCode, string>> = {
  UNAUTHENTICATED: 'AuthError',
  FORBIDDEN: 'AuthError',
  NOT_FOUND: 'NoResultFound',
  RATE_LIMITED: 'RateLimitError',
  INTERNAL: 'Exception',
  UNAVAILABLE: 'Exception',
};

export function handleNotifyError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { code, detail, fields = [] } = toRefusal(error, request.routeOptions.bodyLimit);
  logFault(error, code, request);
  sayWhenToRepeat(error, reply);
  if (fields.length > 0 && code === 'INVALID_INPUT')
    return send(
      reply,
      400,
      fields.map((field) => ({ error: 'ValidationError', message: sentenceOf(field) })),
    );
  const message = code === 'NOT_FOUND' ? 'No result found' : detail;
  return send(reply, statusOf(code, request), [{ error: kinds[code] ?? 'BadRequestError', message }]);
}

export function sendNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return send(reply, 404, [{ error: 'NoResultFound', message: 'The requested URL was not found' }]);
}

function send(reply: FastifyReply, status: number, errors: NotifyError[]): FastifyReply {
  return reply.code(status).send({ status_code: status, errors });
}

/** A header that is missing or of another scheme is a 401 there, a credential that is not taken a 403. */
function statusOf(code: ProblemCode, request: FastifyRequest): number {
  if (code !== 'UNAUTHENTICATED') return problemKinds[code].status;
  return /^(bearer|apikey-v1) +\S/i.test(request.headers.authorization ?? '') ? 403 : 401;
}

function sentenceOf({ path, message }: FieldError): string {
  return message === 'is required' ? `${path} is a required property` : `${path} ${message}`;
}
