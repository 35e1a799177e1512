import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { AppError, type FieldError } from '../domain/errors.ts';

type Issue = z.core.$ZodIssue;

// A body of 256 KiB can be wrong in tens of thousands of places; nobody reads on after a few.
const maxFieldErrors = 50;

/** Lets fastify validate with zod; what is wrong is an INVALID_INPUT that names every field as the caller wrote it. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (input) => {
    const result = schema.safeParse(input, { error: plainMessage });
    if (result.success) return { value: result.data };
    const fields = result.error.issues.flatMap((issue) => toFieldErrors(issue, httpPart ?? 'request'));
    return { error: refuse(fields) };
  };
};

function refuse(fields: FieldError[]): AppError {
  const shown = fields.slice(0, maxFieldErrors);
  const [first] = shown;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  const detail = first ? `${first.path}: ${first.message}${more}` : 'The request is not valid.';
  return new AppError('INVALID_INPUT', detail, { fields: shown });
}

function toFieldErrors(issue: Issue, wholeName: string): FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...issue.path, key].join('.'),
      message: 'is not a known field',
    }));
  return [{ path: issue.path.length > 0 ? issue.path.join('.') : wholeName, message: issue.message }];
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a JSON object',
  array: 'an array',
  int: 'a whole number',
};

/** Messages that end a sentence begun with the field's name; undefined leaves zod's own. */
function plainMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `must be ${typeNames[issue.expected] ?? `a ${issue.expected}`}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return Array.isArray(issue['options'])
        ? `must be one of: ${issue['options'].map(String).join(', ')}`
        : undefined;
    case 'too_small':
      return `must be at least ${String(issue.minimum)}${unit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${unit(issue.origin)}`;
    default:
      return undefined;
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}
