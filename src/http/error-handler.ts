import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeError } from '../domain/describe-error.ts';
import { AppError } from '../domain/errors.ts';
import { allowedMethods } from './allowed-methods.ts';
import { bodyLimitBytes } from './json-body.ts';
import { sendProblem, type ProblemCode } from './problem.ts';

type Refusal = { code: ProblemCode; detail: string };

const notJson: Refusal = { code: 'INVALID_INPUT', detail: 'The request body is not valid JSON.' };

/** What fastify refuses before a route is reached, by its codes. */
const frameworkRefusals: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    code: 'INVALID_INPUT',
    detail: 'The request body is empty: send a JSON object.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: notJson,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'INVALID_INPUT',
    detail: 'The request body is not as long as its Content-Length says.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    detail: 'Send the request body as Content-Type: application/json.',
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: 'INVALID_INPUT',
    detail: 'A part of the path is too long: nothing that it could name is.',
  },
  FST_ERR_BAD_URL: { code: 'INVALID_INPUT', detail: 'The path of the URL is not correctly percent-encoded.' },
};

/** Answers any error with a problem document: refusals in their own words, faults of ours without any. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, detail, fields } = toRefusal(error, request.routeOptions.bodyLimit);
  logFault(error, code, request);
  sayWhenToRepeat(error, reply);
  return sendProblem(reply, code, detail, fields);
}

export function sayWhenToRepeat(error: unknown, reply: FastifyReply): void {
  if (error instanceof AppError && error.retryAfterSeconds !== null)
    void reply.header('retry-after', String(error.retryAfterSeconds));
}

export function logFault(error: unknown, code: ProblemCode, request: FastifyRequest): void {
  const about = { requestId: request.id, route: request.routeOptions.url };
  // What was put off without a cause failed nowhere: it has no stack to show.
  if (code === 'UNAVAILABLE' && error instanceof AppError && error.cause === undefined)
    request.log.warn({ detail: error.message, ...about }, 'A request was put off.');
  else if (code === 'INTERNAL' || code === 'UNAVAILABLE')
    request.log.error({ error: describeError(error), ...about }, 'A request failed.');
  // Its message would show the value.
  else if (error instanceof AppError && error.cause !== undefined)
    request.log.warn(
      { code, sqlState: frameworkCode(error.cause), ...about },
      'The database refused a value.',
    );
  else request.log.debug({ code, ...about }, 'A request was refused.');
}

/** Answers what no route takes: 405 where the path has other methods, else 404. */
export function addNotFoundHandler(app: FastifyInstance): void {
  const methodsOf = allowedMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url);
    if (methods.length === 0 || methods.includes(request.method))
      return sendProblem(reply, 'NOT_FOUND', 'Nothing is at this path.');
    const list = methods.join(', ');
    void reply.header('allow', list);
    return sendProblem(reply, 'METHOD_NOT_ALLOWED', `This path takes ${list} only.`);
  });
}

/** What a caller is told of an error, whatever the shape in which it is answered. */
export function toRefusal(
  error: unknown,
  limitBytes = bodyLimitBytes,
): Refusal & { fields?: AppError['fields'] } {
  if (error instanceof AppError && error.code !== 'INTERNAL')
    return { code: error.code, detail: error.message, fields: error.fields };
  if (frameworkCode(error) === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return {
      code: 'PAYLOAD_TOO_LARGE',
      detail: `The request body is larger than ${limitBytes / 1024} KiB.`,
    };
  const known = frameworkRefusals[frameworkCode(error)] ?? unlistedRefusal(error);
  if (known) return known;
  return {
    code: 'INTERNAL',
    detail:
      'The request could not be carried out. Nothing in it is known to be wrong; the log has the cause.',
  };
}

/** Whatever else the framework or one of its plugins finds wrong with a request, or a body that broke off on its way. */
function unlistedRefusal(error: unknown): Refusal | null {
  const statusCode = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  if (!/^(?:FST_|ECONNRESET$)/.test(frameworkCode(error)) || typeof statusCode !== 'number') return null;
  if (statusCode === 403 || statusCode === 404)
    return { code: 'NOT_FOUND', detail: 'Nothing is at this path.' };
  return statusCode >= 400 && statusCode < 500
    ? {
        code: 'INVALID_INPUT',
        detail: 'The request is not well-formed: check its method, its path and its headers.',
      }
    : null;
}

function frameworkCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
