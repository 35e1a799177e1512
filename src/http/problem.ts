import type { FastifyReply } from 'fastify';
import type { ErrorCode, FieldError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.schema.ts';

export const problemMediaType = 'application/problem+json';

/** What the domain can refuse, and what only HTTP can. */
export type ProblemCode = ErrorCode | 'METHOD_NOT_ALLOWED';

/** The one table from a code to HTTP. */
export const problemKinds: Record<ProblemCode, { status: number; title: string }> = {
  INVALID_INPUT: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'The caller is not known' },
  FORBIDDEN: { status: 403, title: 'The caller may not do this' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not allowed here' },
  CONFLICT: { status: 409, title: 'The request contradicts what is stored' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The request body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The request body is not JSON' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'Something went wrong here' },
  UNAVAILABLE: { status: 503, title: 'Something that is needed cannot be reached' },
};

/** Answers with a problem document (RFC 9457). */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  detail: string,
  fields: readonly FieldError[] = [],
): FastifyReply {
  const { status, title } = problemKinds[code];
  const problem: Problem = {
    type: `urn:ringback:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    code,
    detail,
    request_id: reply.request.id,
    ...(fields.length > 0 && { errors: [...fields] }),
  };
  if (code === 'UNAUTHENTICATED')
    void reply.header('www-authenticate', 'Bearer realm="ringback", ApiKey-v1 realm="ringback"');
  // As text, so that no route's response schema stands between a failure and its answer.
  return reply.code(status).type(`${problemMediaType}; charset=utf-8`).send(JSON.stringify(problem));
}
