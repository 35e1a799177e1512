// Where the values of a large JSON text are, found without making anything of them: each is then parsed by itself.
import { AppError, invalidField } from '../domain/errors.ts';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const spaces: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** What a person's editor puts between two lines, many times over. */
const maxSpaceBytes = 64 * 1024;

export const notJson = (): AppError => new AppError('INVALID_INPUT', 'The request body is not valid JSON.');

export type Extent = { start: number; end: number };

/**
 * Goes through `bytes` from value to value. That brackets match within a value, and that it is one at all, is for whoever
 * parses it; all else of the text is checked here.
 */
export function createJsonScan(bytes: Buffer) {
  let at = 0;

  /** The next byte that means something; undefined at the end. */
  const peek = (): number | undefined => {
    const start = at;
    while (spaces.has(bytes[at])) at += 1;
    if (at - start > maxSpaceBytes) throw notJson();
    return bytes[at];
  };
  const take = (byte: number): boolean => {
    if (peek() !== byte) return false;
    at += 1;
    return true;
  };
  const expect = (byte: number): void => {
    if (!take(byte)) throw notJson();
  };

  /** `at` behind the string that begins there. */
  const passString = (): void => {
    const start = at;
    for (at += 1; ; at += 1) {
      at = bytes.indexOf(quote, at);
      if (at === -1) throw notJson();
      let escapes = 0;
      while (bytes[at - 1 - escapes] === backslash && at - 1 - escapes > start) escapes += 1;
      if (escapes % 2 === 0) break;
    }
    at += 1;
  };

  /** Passes over one value of at most `max` bytes; `path` is what the caller calls it. */
  const value = (path: string, max: number): Extent => {
    peek();
    const start = at;
    for (let depth = 0; at < bytes.length;) {
      if (at - start > max) throw invalidField(path, `must be at most ${max / 1024} KiB`);
      const byte = bytes[at];
      if (byte === quote) passString();
      else {
        if (byte === openBracket || byte === openBrace) depth += 1;
        else if (byte === closeBracket || byte === closeBrace) {
          if (depth === 0) break;
          depth -= 1;
        } else if (depth === 0 && (byte === comma || spaces.has(byte))) break;
        at += 1;
        if (depth > 0 || (byte !== closeBracket && byte !== closeBrace)) continue;
      }
      if (depth === 0) break;
    }
    if (at === start) throw notJson();
    if (at - start > max) throw invalidField(path, `must be at most ${max / 1024} KiB`);
    return { start, end: at };
  };

  /** The places of an array's items; the array begins here. */
  function* items(path: string, max: number): Generator<Extent> {
    expect(openBracket);
    if (take(closeBracket)) return;
    for (let index = 0; ; index += 1) {
      yield value(`${path}.${index}`, max);
      if (take(closeBracket)) return;
      expect(comma);
    }
  }

  /** The names of an object, which is the whole text; between two of them the value of the first is passed. */
  function* names(maxNameBytes: number): Generator<string> {
    expect(openBrace);
    if (!take(closeBrace))
      for (;;) {
        if (peek() !== quote) throw notJson();
        const { start, end } = value('body', maxNameBytes);
        const name = parse(bytes, { start, end });
        expect(colon);
        yield String(name);
        if (take(closeBrace)) break;
        expect(comma);
      }
    if (peek() !== undefined) throw notJson();
  }

  return {
    peek,
    value,
    items,
    names,
    isArrayNext: () => peek() === openBracket,
    isObjectNext: () => peek() === openBrace,
    isStringNext: () => peek() === quote,
  };
}

function parse(bytes: Buffer, { start, end }: Extent): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', start, end)) as unknown;
  } catch {
    throw notJson();
  }
}
