import fc from 'fast-check';
import { canonicalJson } from '../../src/domain/canonical-json.ts';

describe('canonicalJson', () => {
  it('gives one text whatever the order of the keys', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: 'x' })).toBe('{"a":"x","b":[{"c":2,"d":1}]}');
  });

  it('takes null and undefined for absent', () => {
    expect(canonicalJson({ a: null, b: undefined, c: 1 })).toBe('{"c":1}');
  });

  it('gives different texts for different values', () => {
    const values = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()));
    fc.assert(
      fc.property(values, values, (left, right) => {
        const isSame =
          JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort());
        expect(canonicalJson(left) === canonicalJson(right)).toBe(isSame);
      }),
    );
  });
});
