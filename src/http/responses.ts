import { z } from 'zod';
import { Problem } from '../domain/problem.schema.ts';
import type { Page } from '../domain/page.schema.ts';
import { problemKinds, problemMediaType, type ProblemCode } from './problem.ts';

/** The refusals of a route for its OpenAPI entry, beside those that every route has. */
export function problems(...codes: ProblemCode[]) {
  const everywhere: ProblemCode[] = [
    'INVALID_INPUT',
    'UNAUTHENTICATED',
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
  ];
  return Object.fromEntries(
    [...everywhere, ...codes].map((code) => {
      const { status, title } = problemKinds[code];
      return [status, { description: title, content: { [problemMediaType]: { schema: Problem } } }];
    }),
  );
}

/** The refusals of a route with a body. */
export function bodyProblems(...codes: ProblemCode[]) {
  return problems('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', ...codes);
}

/** A list as it is answered. */
export function listOf<T extends z.ZodType>(item: T, id: string) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() }).meta({ id });
}

export function toList<T>(page: Page<T>): { items: T[]; next_cursor: string | null } {
  return { items: page.items, next_cursor: page.nextCursor };
}

export const noContent = (description: string) => z.null().describe(description);
