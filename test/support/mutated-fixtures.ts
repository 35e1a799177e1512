// What providers send, with something in it that nobody should send.
import fc from 'fast-check';
import type { ProviderRequest } from '../../src/providers/index.ts';
import { providerFixtures, requestOf } from './provider-fixtures.ts';

// prettier-ignore
const hostileValues: readonly unknown[] = [
  '\u0000', 'a\u0000b', '\ud800', 'x\udc00y', '%00', '%ED%A0%80', '\\u0000', '\\ud800', '\\U0000dfff',
  'x'.repeat(20_000), `x${'😀'.repeat(9_000)}`,
  '0000-01-01 00:00:00', '0000-01-01T00:00:00.000Z', '0001-01-01 00:00:00', '0001-01-01T00:00:00+23:59',
  '0001-01-01T00:00:00.000Z', '0999-06-15 12:00:00', '2017-02-30 10:00:00', '2017-02-30T10:00:00.000Z',
  '2016-12-31 23:59:60', '9999-12-31 23:59:59', '9999-12-31T23:59:59-23:59', '+275760-09-13T00:00:00Z',
  '-000001-01-01T00:00:00Z', -1, 0, 1e308, 8.64e15, -62_198_755_200_000, null, true, [], {},
];

const hostile = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostileValues) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);

/** Requests of a provider like those of its fixtures, and requests of any bytes at all. */
export function mutatedRequests(provider: string): fc.Arbitrary<ProviderRequest> {
  const known = providerFixtures.filter((one) => one.provider === provider).map(requestOf);
  const mutations = fc.array(fc.tuple(fc.nat({ max: 60 }), hostile), { minLength: 1, maxLength: 3 });
  const mutated = fc.tuple(fc.constantFrom(...known), mutations).map(([request, changes]) => {
    return changes.reduce((one, [place, value]) => withValue(one, place, value), request);
  });
  const anyBytes = fc
    .tuple(fc.constantFrom(...known), fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }))
    .map(([request, body, query]) => ({ ...request, body, query: new URLSearchParams(query) }));
  return fc.oneof({ weight: 9, arbitrary: mutated }, { weight: 1, arbitrary: anyBytes });
}

/** The request with `value` in the place of one of its fields, counted over all of them. */
function withValue(request: ProviderRequest, place: number, value: unknown): ProviderRequest {
  if (request.body.length === 0) return { ...request, query: withPair(request.query, place, value) };
  const text = Buffer.from(request.body).toString('utf8');
  return { ...request, body: Buffer.from(withValueIn(text, place, value), 'utf8') };
}

function withValueIn(text: string, place: number, value: unknown): string {
  try {
    const document: unknown = JSON.parse(text);
    const slots = slotsOf(document);
    slots[place % slots.length]?.(value);
    return JSON.stringify(document);
  } catch {
    return withPair(new URLSearchParams(text), place, value).toString();
  }
}

function withPair(pairs: URLSearchParams, place: number, value: unknown): URLSearchParams {
  const changed = new URLSearchParams(pairs);
  const names = [...pairs.keys()];
  const name = names[place % names.length];
  if (name !== undefined) changed.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return changed;
}

type Slot = (value: unknown) => void;

/** A way to set each field, also those within text that is JSON itself, as Amazon has it. */
function slotsOf(node: unknown): Slot[] {
  if (typeof node !== 'object' || node === null) return [];
  const fields = node as Record<string, unknown>;
  return Object.keys(fields).flatMap((name) => {
    const own: Slot = (value) => void (fields[name] = value);
    const held = fields[name];
    if (typeof held !== 'string' || !held.startsWith('{')) return [own, ...slotsOf(held)];
    const inner = JSON.parse(held) as unknown;
    const within = slotsOf(inner).map((set): Slot => (value) => {
      set(value);
      fields[name] = JSON.stringify(inner);
    });
    return [own, ...within];
  });
}
