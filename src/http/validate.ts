import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { AppError, type FieldError } from '../domain/errors.ts';
import { findManyFaults } from './find-faults.ts';

type Issue = z.core.$ZodIssue;

/** Nobody reads on after a few. */
export const maxFieldErrors = 50;
/** What a fault says of the place it is in is the caller's own text. */
const maxPathCharacters = 200;
/** A value of fewer entries has too few faults to be worth a second look. */
const fewEntries = 200;

export type Checked<T> = { value: T; faults?: never } | { faults: FieldError[] };

/** Lets fastify validate with zod; what is wrong is an INVALID_INPUT that names every field as the caller wrote it. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (input) => {
    const checked = check(schema, input, httpPart ?? 'request');
    return checked.faults ? { error: refuse(checked.faults) } : { value: checked.value };
  };
};

/** `wholeName` is what the value as a whole is called. Of many faults only the first are found. */
export function check<T>(schema: z.ZodType<T>, input: unknown, wholeName: string): Checked<T> {
  const many = isLarge(input) ? findManyFaults(schema, input, maxFieldErrors, plainMessage) : null;
  if (many) return { faults: many.flatMap((issue) => toFieldErrors(issue, wholeName)) };
  const result = schema.safeParse(input, { error: plainMessage });
  if (result.success) return { value: result.data };
  return { faults: result.error.issues.flatMap((issue) => toFieldErrors(issue, wholeName)) };
}

function isLarge(input: unknown): boolean {
  let left = fewEntries;
  const count = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const name in value) {
      left -= 1;
      if (left < 0) return;
      count((value as Record<string, unknown>)[name]);
    }
  };
  count(input);
  return left < 0;
}

export function refuse(fields: readonly FieldError[]): AppError {
  const shown = fields.slice(0, maxFieldErrors);
  const [first] = shown;
  const more = fields.length > 1 ? ` (and ${moreThan(fields.length - 1)} more)` : '';
  const detail = first ? `${first.path}: ${first.message}${more}` : 'The request is not valid.';
  return new AppError('INVALID_INPUT', detail, { fields: shown });
}

function moreThan(count: number): string {
  return count >= maxFieldErrors - 1 ? `at least ${maxFieldErrors - 1}` : String(count);
}

function toFieldErrors(issue: Issue, wholeName: string): FieldError[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .slice(0, maxFieldErrors)
      .map((key) => ({ path: toPath([...issue.path, key]), message: 'is not a known field' }));
  return [{ path: issue.path.length > 0 ? toPath(issue.path) : wholeName, message: issue.message }];
}

function toPath(parts: readonly PropertyKey[]): string {
  const path = parts.join('.');
  return path.length > maxPathCharacters ? `${path.slice(0, maxPathCharacters)}…` : path;
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
