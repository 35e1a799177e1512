import fc from 'fast-check';
import { InstantInput } from '../../src/domain/instant.schema.ts';
import { fromDate, toInstant } from '../../src/domain/instant.ts';

describe('An Instant', () => {
  it.each([
    ['2026-06-15T11:30:00Z', '2026-06-15T11:30:00.000000Z'],
    ['2026-06-15T11:30:00.123456Z', '2026-06-15T11:30:00.123456Z'],
    ['2026-06-15T11:30:00.1234569Z', '2026-06-15T11:30:00.123456Z'],
    ['2026-06-15T13:30:00.123456+02:00', '2026-06-15T11:30:00.123456Z'],
    ['2026-06-14T22:00:00.5-13:30', '2026-06-15T11:30:00.500000Z'],
    ['2026-06-15 11:30:00.123+00', '2026-06-15T11:30:00.123000Z'],
  ])('reads %s as %s', (text, instant) => {
    expect(toInstant(text)).toBe(instant);
  });

  it.each(['', 'yesterday', '2026-06-15', '2026-06-15T11:30:00', '15/06/2026 11:30'])(
    'refuses %j',
    (text) => {
      expect(() => toInstant(text)).toThrow(RangeError);
    },
  );

  const dates = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });

  it('of a Date is the same moment, and reads as itself', () => {
    fc.assert(
      fc.property(dates, (date) => {
        const instant = fromDate(date);
        expect(Date.parse(instant)).toBe(date.getTime());
        expect(toInstant(instant)).toBe(instant);
      }),
    );
  });

  it('keeps its order as text', () => {
    fc.assert(
      fc.property(dates, dates, (left, right) => {
        expect(fromDate(left) < fromDate(right)).toBe(left < right);
      }),
    );
  });

  it('is taken from any text without ever throwing, and is always of one length', () => {
    const times = fc
      .tuple(fc.integer({ min: 0, max: 9999 }), fc.stringMatching(/^[+-]\d{2}:\d{2}$/))
      .map(([year, offset]) => `${String(year).padStart(4, '0')}-12-31T23:59:59.9999999${offset}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), times), (text) => {
        const result = InstantInput.safeParse(text);
        if (result.success)
          expect(result.data).toMatch(/^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/);
      }),
    );
  });

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-01:00', '2026-02-30T00:00:00Z', '2026-06-15T11:30Z'])(
    'is not taken from %s',
    (text) => {
      expect(InstantInput.safeParse(text).success).toBe(false);
    },
  );
});
