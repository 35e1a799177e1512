// What most providers' requests have in common: JSON or a form, fields that must be there, and times without an offset.
import type { Instant } from '../domain/instant.ts';
import { storableInstant } from '../domain/storable.ts';
import { pairsOf } from './form.ts';
import type { ProviderRequest, Reading, Reply } from './provider.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Null for what is not UTF-8. */
function textOf({ body }: ProviderRequest): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** The JSON object that the body is; null for anything else. */
export function jsonOf(request: ProviderRequest): Fields | null {
  const text = textOf(request);
  return text === null ? null : parsedObject(text);
}

function parsedObject(text: string): Fields | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

export function objectOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The first value of each of a form's fields; null where there are more than any provider sends. */
export function formOf(request: ProviderRequest): Fields | null {
  const pairs = pairsOf(textOf(request) ?? '');
  return pairs && Object.fromEntries(pairs.reverse());
}

export function queryOf({ query }: ProviderRequest): Fields {
  return Object.fromEntries([...query].reverse());
}

/** A field as text: numbers are taken as their digits, and anything else is none. */
export function field(fields: Fields, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * The one item that a request is, where all that it must have is there; `text` gives such a field. `fields` is null for a
 * request that could not be read at all.
 */
export function readOne<T>(
  provider: string,
  fields: Fields | null,
  required: readonly string[],
  toItem: (text: (name: string) => string, fields: Fields) => T,
): Reading<T> {
  if (!fields) return unreadable(provider);
  const messages = missing(provider, fields, required);
  if (messages.length > 0) return { kind: 'refused', messages };
  return { kind: 'read', items: [toItem((name) => field(fields, name) ?? '', fields)] };
}

/** The fields that are not there, as the Notify family says it. */
function missing(provider: string, fields: Fields, names: readonly string[]): string[] {
  return names
    .filter((name) => field(fields, name) === null)
    .map((name) => `${provider} callback failed: ${name} missing`);
}

export function unreadable(provider: string): Reading<never> {
  return { kind: 'refused', messages: [`${provider} callback failed: the body cannot be read`] };
}

/** What a table says of a code under a word; null for what is in neither. */
export function meaningOf(
  table: Readonly<Record<string, Readonly<Record<string, string>>>>,
  word: string,
  code: string | null,
): string | null {
  const codes = Object.hasOwn(table, word) ? table[word] : undefined;
  return codes && code !== null && Object.hasOwn(codes, code) ? (codes[code] ?? null) : null;
}

/** The family's word for a provider's; a technical failure for one that the table does not know. */
export function statusOf(table: Readonly<Record<string, string>>, word: string): string {
  return (Object.hasOwn(table, word) ? table[word] : undefined) ?? 'technical-failure';
}

/** What Amazon has put as text into an envelope of its own; the object itself where there is no such envelope. */
export function unwrapped(outer: Fields): Fields | null {
  const inner = outer['Message'];
  return typeof inner === 'string' ? parsedObject(inner) : outer;
}

export function jsonReply(status: number, body: object): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

/** As the routes of the Notify family refuse. */
export function refusedAsNotify(messages: readonly string[]): Reply {
  return jsonReply(400, { result: 'error', message: messages });
}

/**
 * `YYYY-MM-DD HH:MM:SS`, with `T` for the space or an offset where one is given, else in the given zone; null for what is
 * no time.
 */
export function timeIn(zone: string, text: string | null): Instant | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)?$/.exec(
    text ?? '',
  );
  if (!match) return null;
  const [, date = '', time = '', fraction = '', offset] = match;
  const shown = storableInstant(`${date}T${time}.000000Z`);
  // At either end, a zone can show a year that has no four digits.
  if (shown === null || (offset === undefined && !/^(?!000[01]|9999)/.test(date))) return null;
  const ms =
    offset === undefined
      ? Date.parse(shown) - zoneOffsetMs(zone, Date.parse(shown))
      : Date.parse(`${date}T${time}${offset}`);
  if (Number.isNaN(ms)) return null;
  const iso = new Date(ms).toISOString();
  return storableInstant(`${iso.slice(0, 19)}.${fraction.padEnd(6, '0')}Z`);
}

/** How far a zone is ahead of UTC when its clocks show this time. */
function zoneOffsetMs(zone: string, shownMs: number): number {
  const ahead = (utcMs: number): number => {
    const parts = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    }).formatToParts(utcMs);
    const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '00';
    const shown = `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`;
    return Date.parse(shown) - utcMs;
  };
  // Once more from the better guess, for the hours around a change of the clocks.
  return ahead(shownMs - ahead(shownMs));
}
