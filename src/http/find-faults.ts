// What is wrong with a value, found item by item and only as far as it will be told: zod by itself collects every fault
// of a body, which for a large one takes minutes and all memory.
import type { z } from 'zod';

type Fault = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** The first `max` faults, in order; null where there are few enough for zod to tell all of them. */
export function findManyFaults(
  schema: z.ZodType,
  value: unknown,
  max: number,
  error: z.core.$ZodErrorMap,
): Fault[] | null {
  const faults: Fault[] = [];
  // Whether what was found says enough: the rest is not looked at.
  let isEnough = false as boolean;

  const add = (fault: Fault): void => {
    if (!isEnough) faults.push(fault);
    isEnough ||= faults.length >= max;
  };

  const judge = (one: Schema, held: unknown, path: PropertyKey[]): void => {
    const result = (one as z.ZodType).safeParse(held, { error });
    for (const fault of result.error?.issues ?? []) add({ ...fault, path: [...path, ...fault.path] });
  };

  const lookThroughList = (item: Schema, maximum: number, list: unknown[], path: PropertyKey[]): void => {
    if (list.length > maximum) {
      // The count says it all.
      const message = `must be at most ${maximum} items`;
      add({ code: 'too_big', origin: 'array', maximum, path, message });
      isEnough = true;
    }
    for (const [index, held] of list.entries()) {
      if (isEnough) return;
      look(item, held, [...path, index]);
    }
  };

  const lookThroughObject = (
    { shape, catchall }: z.core.$ZodObjectDef,
    held: Record<string, unknown>,
    path: PropertyKey[],
  ): void => {
    for (const [name, inner] of Object.entries(shape)) look(inner, held[name], [...path, name]);
    if (catchall?._zod.def.type !== 'never') return;
    for (const name in held) {
      if (isEnough) return;
      if (!Object.hasOwn(shape, name)) add({ code: 'unrecognized_keys', keys: [name], path, message: '' });
    }
  };

  const lookThroughRecord = (
    { keyType, valueType }: z.core.$ZodRecordDef,
    held: Record<string, unknown>,
    path: PropertyKey[],
  ): void => {
    for (const name in held) {
      if (isEnough) return;
      look(keyType, name, [...path, name]);
      look(valueType, held[name], [...path, name]);
    }
  };

  const look = (one: Schema, held: unknown, path: PropertyKey[]): void => {
    if (isEnough) return;
    const { def, bag } = (one as z.core.$ZodTypes)._zod;
    if (def.type === 'optional' || def.type === 'default') {
      if (held !== undefined) look(def.innerType, held, path);
    } else if (def.type === 'nullable') {
      if (held !== null) look(def.innerType, held, path);
    } else if (def.type === 'pipe') look(def.in, held, path);
    else if (def.type === 'union' && Array.isArray(held)) {
      const list = def.options.find((option) => option._zod.def.type === 'array');
      if (list) look(list, held, path);
      else judge(one, held, path);
    } else if (def.type === 'array' && Array.isArray(held))
      lookThroughList(def.element, Number(bag['maximum'] ?? Infinity), held, path);
    else if (def.type === 'object' && isObject(held)) lookThroughObject(def, held, path);
    else if (def.type === 'record' && isObject(held)) lookThroughRecord(def, held, path);
    else judge(one, held, path);
  };

  look(schema, value, []);
  return isEnough ? faults : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
