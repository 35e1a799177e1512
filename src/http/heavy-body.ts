// Bodies of some megabytes: read value by value, so that neither the event loop nor the memory is one caller's own.
import { isUtf8 } from 'node:buffer';
import type { preValidationAsyncHookHandler } from 'fastify';
import type { z } from 'zod';
import { AppError, type FieldError } from '../domain/errors.ts';
import { createTurns } from '../use-cases/give-way.ts';
import { createJsonScan, notJson, type Extent } from './json-scan.ts';
import { check, maxFieldErrors, refuse, validatorCompiler } from './validate.ts';
import type { ZodApp } from './zod-app.ts';

/** As many references or members as a call may have, of a good size each. */
export const heavyLimitBytes = 8 * 1024 * 1024;
const maxItemBytes = 256 * 1024;
const maxNameBytes = 1024;

/** Within `scope` a body comes to its route as it was sent. */
export function takeBodiesAsBytes(scope: ZodApp): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  // The schema of such a body is for the OpenAPI document; `readList` and its like have validated it by then.
  scope.setValidatorCompiler<z.ZodType>((route) =>
    route.httpPart === 'body' ? (value: unknown) => ({ value }) : validatorCompiler(route),
  );
}

type List = { name: string; item: z.ZodType; min: number; max: number };

/** For a body `{[name]: [item, …]}`: first how many there are, then what each of them is, until enough is wrong. */
export function readList(list: List): preValidationAsyncHookHandler {
  return async (request) => {
    request.body = { [list.name]: await itemsOf(bytesOf(request.body), list) };
  };
}

async function itemsOf(bytes: Buffer, { name, item, min, max }: List): Promise<unknown[]> {
  const extents = await findItems(bytes, name, max);
  if (extents.length < min) throw refuse([{ path: name, message: `must be at least ${min} items` }]);
  const turns = createTurns();
  const items: unknown[] = [];
  const faults: FieldError[] = [];
  for (const [index, extent] of extents.entries()) {
    if (turns.isOver()) await turns.give();
    const path = `${name}.${index}`;
    const checked = check(item, parseJson(bytes.toString('utf8', extent.start, extent.end)), path);
    if (checked.faults) faults.push(...checked.faults.map((fault) => within(path, fault)));
    else items.push(checked.value);
    if (faults.length >= maxFieldErrors) break;
  }
  if (faults.length > 0) throw refuse(faults);
  return items;
}

function within(path: string, fault: FieldError): FieldError {
  return fault.path === path ? fault : { ...fault, path: `${path}.${fault.path}` };
}

async function findItems(bytes: Buffer, list: string, max: number): Promise<Extent[]> {
  const scan = createJsonScan(bytes);
  if (!scan.isObjectNext()) throw refuseWhole(bytes);
  const turns = createTurns();
  const faults: FieldError[] = [];
  let extents: Extent[] | null = null;
  for (const name of scan.names(maxNameBytes)) {
    if (turns.isOver()) await turns.give();
    if (name !== list || extents || !scan.isArrayNext()) {
      const { start, end } = scan.value('body', maxItemBytes);
      parseJson(bytes.toString('utf8', start, end));
      if (name !== list) faults.push({ path: name, message: 'is not a known field' });
      else faults.push({ path: name, message: extents ? 'is given twice' : 'must be an array' });
      if (faults.length >= maxFieldErrors) throw refuse(faults);
      continue;
    }
    extents = [];
    for (const extent of scan.items(list, maxItemBytes)) {
      if (extents.length === max) throw refuse([{ path: list, message: `must be at most ${max} items` }]);
      extents.push(extent);
      if (turns.isOver()) await turns.give();
    }
  }
  if (!extents && faults.every(({ path }) => path !== list))
    faults.unshift({ path: list, message: 'is required' });
  if (faults.length > 0) throw refuse(faults);
  return extents ?? [];
}

/** The bytes of a body that is UTF-8 and not nothing. */
export function bytesOf(body: unknown): Buffer {
  if (!Buffer.isBuffer(body)) throw refuse([{ path: 'body', message: 'is required' }]);
  if (body.length === 0)
    throw new AppError('INVALID_INPUT', 'The request body is empty: send a JSON object.');
  // Decoding would put U+FFFD in the place of what is not UTF-8, and the text would be stored wrong.
  if (!isUtf8(body)) throw new AppError('INVALID_INPUT', 'The request body is not UTF-8.');
  return body;
}

export function refuseWhole(bytes: Buffer): AppError {
  if (bytes.length <= maxItemBytes) parseJson(bytes.toString('utf8'));
  return refuse([{ path: 'body', message: 'must be a JSON object' }]);
}

/** Keys that would reach a prototype are refused, as in every other body. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notJson();
  }
  if (/__proto__|constructor|\\u/i.test(text) && reachesPrototype(value)) throw notJson();
  return value;
}

function reachesPrototype(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) return true;
    const { constructor: made } = next as { constructor?: unknown };
    if (
      Object.hasOwn(next, 'constructor') &&
      typeof made === 'object' &&
      made !== null &&
      'prototype' in made
    )
      return true;
    for (const held of Object.values(next)) if (typeof held === 'object') left.push(held);
  }
  return false;
}
