// Ways to bend a good request: each keeps most of it, so that what is wrong gets as far in as it can.
import fc from 'fast-check';
import {
  headerNames,
  incompressible,
  lengths,
  oddHeaderValues,
  oddSegments,
  oddTexts,
} from './odd-values.ts';

type Header = readonly [string, string];

export type Bend = {
  method?: string;
  path?: (path: string) => string;
  /** With its `?`, or ''. */
  query?: (query: string) => string;
  headers?: (headers: readonly Header[]) => Header[];
  /** What it gives is sent as it is where it is text or bytes, else as JSON. */
  body?: (body: unknown) => unknown;
};

const hostileText = fc.oneof(
  fc.constantFrom(...oddTexts, ...lengths.map(incompressible)),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const hostileValue = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  fc.constantFrom<unknown>(
    ...[null, true, 0, -0, -1, 1.5, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, 2 ** 63, 1e308, 5e-324],
    ...[
      [],
      {},
      [[]],
      [null],
      [[[[[[]]]]]],
      { '': '' },
      { length: 5 },
      { toJSON: 1 },
      { then: 1 },
      { type: 'none' },
    ],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Sets one place of the body, which exists already or is beside one that does. */
export const bentValue: fc.Arbitrary<(body: unknown) => unknown> = fc
  .array(fc.record({ place: fc.nat(), key: fc.option(hostileText), value: hostileValue }), {
    minLength: 1,
    maxLength: 2,
  })
  .map((changes) => (body: unknown) => {
    if (typeof body === 'string')
      return changes
        .map(({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)))
        .join('&');
    return changes.reduce(
      (given, { value, ...change }) => withChange(given, { ...change, value: structuredClone(value) }),
      structuredClone(body),
    );
  });

/** Every text of the body and every value of the query in turn, each with what is long or odd. */
export function* eachTextBent({
  body,
  query = {},
}: {
  body?: unknown;
  query?: Record<string, string>;
}): Generator<Bend> {
  const texts = [
    ...lengths.slice(4).map(incompressible),
    'a\u0000b',
    '\ud800',
    '2026-06-15T11:30:00+23:59',
    '1e3',
  ];
  for (const at of placesOf(body)) {
    if (typeof valueAt(body, at) !== 'string') continue;
    for (const value of texts) yield { body: (given) => withValue(structuredClone(given), at, value) };
  }
  for (const name of Object.keys(query))
    for (const value of texts)
      yield {
        query: (given) => {
          const search = new URLSearchParams(given);
          search.set(name, value.slice(0, 1_500));
          return `?${search.toString()}`;
        },
      };
}

export function valueAt(body: unknown, at: readonly string[]): unknown {
  return at.reduce((given, name) => (given as never)[name], body);
}

function withValue(body: unknown, at: readonly string[], value: unknown): unknown {
  const name = at.at(-1);
  if (name === undefined) return value;
  (valueAt(body, at.slice(0, -1)) as Record<string, unknown>)[name] = value;
  return body;
}

function withChange(
  body: unknown,
  { place, key, value }: { place: number; key: string | null; value: unknown },
): unknown {
  const places = placesOf(body);
  const at = places[place % places.length] ?? [];
  // Where there is no body, one is sent nevertheless.
  if (at.length === 0) return body === undefined && key === null ? undefined : value;
  const holder = at.slice(0, -1).reduce((given, name) => (given as never)[name], body) as Record<
    string,
    unknown
  >;
  const name = at.at(-1) ?? '';
  if (key === null || Array.isArray(holder)) holder[name] = value;
  // As its own property: an assignment to __proto__ would be none.
  else {
    const held = holder[name];
    Reflect.deleteProperty(holder, name);
    Object.defineProperty(holder, key, { value: held, enumerable: true, configurable: true, writable: true });
  }
  return body;
}

/** Every place of a value, itself first, each as the names that lead there. */
export function placesOf(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, held]) => placesOf(held, [...at, name]))];
}

/** Not what the route takes at all, or not JSON. */
export const bentText: fc.Arbitrary<(body: unknown) => unknown> = fc.oneof(
  fc
    .constantFrom(
      ...[
        '',
        'null',
        '[]',
        '""',
        '{',
        '{"a":',
        '{"__proto__":{}}',
        '{"constructor":{"prototype":{}}}',
        '1e999',
      ],
      ...[
        '['.repeat(50_000),
        '{"a":'.repeat(10_000),
        '"\\ud800"',
        '{"a":1,"a":2}',
        '\ufeff{}',
        'a=b&c=d',
        '&&&===',
      ],
      ...[
        '<xml/>',
        '{"\\u0000":1}',
        `{"${'k'.repeat(60_000)}":1}`,
        '{"members":[{}],"members":[]}',
        '{"members":[{}',
      ],
      ...[
        '{"references":[1,]}',
        '{"references":["a" "b"]}',
        '{"references":{}}',
        '{"content":"%"}',
        '{"content":1}',
      ],
    )
    .map((text) => () => text),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => () => Buffer.from(bytes)),
  fc.nat().map((cut) => (body: unknown) => {
    const text = JSON.stringify(body ?? null);
    return text.slice(0, cut % (text.length + 1));
  }),
);

const encoded = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80';
  }
};

/** A segment of the path replaced, encoded well or badly. */
export const bentPath: fc.Arbitrary<(path: string) => string> = fc
  .record({
    segment: fc.nat(),
    value: fc.oneof(
      hostileText.map((text) => encoded(text).slice(0, 9000)),
      fc.constantFrom(...oddSegments),
    ),
  })
  .map(({ segment, value }) => (path: string) => {
    const segments = path.split('/');
    segments[1 + (segment % (segments.length - 1))] = value;
    return segments.join('/');
  });

export const bentQuery: fc.Arbitrary<(query: string) => string> = fc
  .record({
    place: fc.nat(),
    name: fc.oneof(
      fc.constant(null),
      fc.constantFrom(
        'limit',
        'cursor',
        'since',
        'token',
        '__proto__',
        'constructor',
        '',
        'a[b]',
        'a.b',
        'length',
      ),
    ),
    value: fc.oneof(
      hostileText.map(encoded),
      fc.constantFrom('%', '%zz', '%00', '%c0%80', '&', '=', 'a&a', '#'),
    ),
    isRepeated: fc.boolean(),
  })
  .map(({ place, name, value, isRepeated }) => (query: string) => {
    const pairs = query
      .replace(/^\?/, '')
      .split('&')
      .filter((pair) => pair !== '');
    const at = place % (pairs.length + 1);
    const own = name ?? pairs[at]?.split('=')[0] ?? 'limit';
    const bent = [...pairs];
    bent.splice(at, isRepeated || name !== null ? 0 : 1, `${own}=${value.slice(0, 9000)}`);
    return `?${bent.join('&')}`;
  });

const headerValue = fc.oneof(
  fc.constantFrom(...oddHeaderValues),
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => text.trim()),
);
const headerName = fc.constantFrom(...headerNames);

/** Headers replaced, repeated, added or left out. */
export const bentHeaders: fc.Arbitrary<(headers: readonly Header[]) => Header[]> = fc
  .array(
    fc.record({ name: headerName, value: headerValue, how: fc.constantFrom('replace', 'add', 'drop') }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map(
    (changes) => (headers: readonly Header[]) =>
      changes.reduce<Header[]>(
        (given, { name, value, how }) => [
          ...(how === 'add' ? given : given.filter(([own]) => own !== name)),
          ...(how === 'drop' ? [] : [[name, value] as const]),
        ],
        [...headers],
      ),
  );
