import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../domain/errors.ts';

/** Enough for the longest fields of any route that names no limit of its own. */
export const bodyLimitBytes = 64 * 1024;

/** JSON in UTF-8 is the only body taken; keys that would reach a prototype are refused. */
export function addJsonBody(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Many clients name a type on every request, also on one that needs no body.
    if (body.length === 0 && needsNoBody(request.routeOptions.schema?.body)) {
      done(null, undefined);
      return;
    }
    // Decoding would put U+FFFD in the place of what is not UTF-8, and the text would be stored wrong.
    if (!isUtf8(body)) {
      done(new AppError('INVALID_INPUT', 'The request body is not UTF-8.'));
      return;
    }
    void parseJson(request, body.toString('utf8'), done);
  });
}

function needsNoBody(schema: unknown): boolean {
  return schema === undefined || (schema as z.ZodType).safeParse(undefined).success;
}
