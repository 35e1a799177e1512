import fc from 'fast-check';
import { pythonJson } from '../../src/profiles/python-json.ts';

/** `json.dumps` of CPython for a string, written from its documentation: ensure_ascii, short escapes, else \uXXXX. */
function pythonString(text: string): string {
  const short: Record<string, string> = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\f': '\\f',
    '\b': '\\b',
  };
  let result = '"';
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charAt(index);
    const code = text.charCodeAt(index);
    const isPlain = code >= 0x20 && code <= 0x7e;
    result += short[unit] ?? (isPlain ? unit : `\\u${code.toString(16).padStart(4, '0')}`);
  }
  return `${result}"`;
}

const scalars = fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null));

describe('pythonJson', () => {
  it("writes Python's separators, escapes and surrogate pairs", () => {
    expect(
      pythonJson([
        ['café', '😀\u007f'],
        ['n', null],
        ['v', 3],
      ]),
    ).toBe('{"caf\\u00e9": "\\ud83d\\ude00\\u007f", "n": null, "v": 3}');
  });

  it('writes an empty object without a space', () => {
    expect(pythonJson([])).toBe('{}');
  });

  it('writes every string as Python does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(pythonJson([['k', text]])).toBe(`{"k": ${pythonString(text)}}`);
      }),
    );
  });

  it('is ASCII, and reads back as what was written', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]+$/), scalars), { selector: ([key]) => key }),
        (entries) => {
          const text = pythonJson(entries);
          expect(text).toMatch(/^[\x20-\x7e]*$/);
          expect(JSON.parse(text)).toEqual(Object.fromEntries(entries));
        },
      ),
    );
  });
});
