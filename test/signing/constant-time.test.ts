import fc from 'fast-check';
import { equalsInConstantTime } from '../../src/signing/constant-time.ts';

describe('equalsInConstantTime', () => {
  it('says what === says, for strings of any length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        expect(equalsInConstantTime(left, right)).toBe(left === right);
        expect(equalsInConstantTime(left, left)).toBe(true);
      }),
    );
  });

  it('tells strings apart that differ in length only', () => {
    expect(equalsInConstantTime('secret', 'secret\0')).toBe(false);
    expect(equalsInConstantTime('', 'secret')).toBe(false);
  });
});
