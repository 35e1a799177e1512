import fc from 'fast-check';
import { longestRetryAfterSeconds, waitAfterAnswer } from '../../src/domain/delivery/retry-after.ts';

const now = new Date('2026-06-15T11:30:00.000Z');
const asking = (value: string, status = 503) => ({ status, headers: { 'retry-after': value } });
const wait = (value: string, interval = 10, at = now) => waitAfterAnswer(asking(value), at, interval);

test.each([
  ['600', 600],
  [' 600 ', 600],
  ['0', 10],
  ['9', 10],
  ['3600', 3600],
  ['3601', 3600],
  ['9'.repeat(400), 3600],
  ['Mon, 15 Jun 2026 11:40:00 GMT', 600],
  ['Monday, 15-Jun-26 11:40:00 GMT', 600],
  ['Mon Jun 15 11:40:00 2026', 600],
  ['Mon, 15 Jun 2026 11:29:00 GMT', 10],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 10],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 10],
  ['Sun Nov  6 08:49:37 1994', 10],
  ['Mon, 15 Jun 2099 11:40:00 GMT', 3600],
])('Retry-After: %s, over an interval of 10 seconds, makes %d', (value, seconds) => {
  expect(wait(value)).toBe(seconds);
});

test.each([
  '',
  'soon',
  '-600',
  '+600',
  '6e2',
  '600.5',
  '0x258',
  '600, 700',
  '2026-06-15T11:40:00Z',
  'Mon, 15 Jun 2026 11:40:00 CEST',
  'Mon, 15 Jux 2026 11:40:00 GMT',
  'Mon, 00 Jul 2026 11:40:00 GMT',
  'Mon, 31 Jun 2026 11:40:00 GMT',
  'Mon, 15 Jun 2026 24:40:00 GMT',
  'Mon, 15 Jun 2026 11:60:00 GMT',
])('Retry-After: %j says nothing', (value) => {
  expect(wait(value)).toBe(10);
});

test('a fraction of a second is waited for as a whole one', () => {
  const at = new Date('2026-06-15T11:39:29.400Z');
  expect(wait('Mon, 15 Jun 2026 11:40:00 GMT', 10, at)).toBe(31);
});

test('a year of two digits is the nearest one that is not more than 50 years ahead', () => {
  const lateInTheCentury = new Date('2099-12-31T23:59:00Z');
  expect(wait('Friday, 01-Jan-00 00:09:00 GMT', 10, lateInTheCentury)).toBe(600);
});

test('the 29th of February is a day in leap years only', () => {
  const at = new Date('2028-02-28T23:55:00Z');
  expect(wait('Tue, 29 Feb 2028 00:05:00 GMT', 10, at)).toBe(600);
  expect(wait('Thu, 29 Feb 2029 00:05:00 GMT', 10, at)).toBe(10);
});

test('no answer at all leaves the interval as it is', () => {
  expect(waitAfterAnswer(null, now, 300)).toBe(300);
});

const interval = fc.integer({ min: 1, max: 86_400 });
const value = fc.oneof(
  fc.string(),
  fc.nat().map(String),
  fc
    .date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
    .map((date) => date.toUTCString()),
);

test('the wait is never shorter than the interval and never longer than both it and an hour', () => {
  fc.assert(
    fc.property(value, interval, (given, seconds) => {
      const waited = wait(given, seconds);
      expect(Number.isInteger(waited)).toBe(true);
      expect(waited).toBeGreaterThanOrEqual(seconds);
      expect(waited).toBeLessThanOrEqual(Math.max(seconds, longestRetryAfterSeconds));
    }),
  );
});

test('only a 429 or a 503 can ask for anything', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), interval, (status, seconds) => {
      const mayAsk = status === 429 || status === 503;
      const waited = waitAfterAnswer(asking('3600', status), now, seconds);
      expect(waited).toBe(mayAsk ? Math.max(seconds, 3600) : seconds);
    }),
  );
});

test('seconds and the date that many seconds from now mean the same', () => {
  fc.assert(
    fc.property(fc.nat(5_000), interval, (seconds, between) => {
      const date = new Date(now.getTime() + seconds * 1000).toUTCString();
      expect(wait(date, between)).toBe(wait(String(seconds), between));
    }),
  );
});
