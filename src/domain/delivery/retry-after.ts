/** The longest wait that a receiver can ask for. */
export const longestRetryAfterSeconds = 3600;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// RFC 9110, 5.6.7: the form of today, and the two obsolete ones that a recipient has to understand.
const imfFixdate = /^\w{3}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const rfc850Date = /^\w{6,9}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/;
const asctimeDate = /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/;

/**
 * The seconds to wait before the next try: the interval, or longer where a 429 or 503 asks for it by `Retry-After`
 * (RFC 9110, 10.2.3), up to an hour. Never shorter, and what cannot be read counts as not said.
 */
export function waitAfterAnswer(
  answer: { status: number; headers: Readonly<Record<string, string>> } | null,
  now: Date,
  intervalSeconds: number,
): number {
  if (answer?.status !== 429 && answer?.status !== 503) return intervalSeconds;
  const asked = secondsAsked(answer.headers['retry-after']?.trim() ?? '', now);
  return Math.max(intervalSeconds, Math.min(asked, longestRetryAfterSeconds));
}

function secondsAsked(value: string, now: Date): number {
  if (/^\d+$/.test(value)) return Number(value);
  const until = parseHttpDate(value, now);
  return until === null ? 0 : Math.ceil((until - now.getTime()) / 1000);
}

/** Milliseconds since the epoch; null when it is no date. Not `Date.parse`, which takes almost anything for one. */
function parseHttpDate(value: string, now: Date): number | null {
  const parts = (imfFixdate.exec(value) ?? rfc850Date.exec(value) ?? asctimeDate.exec(value))?.groups;
  if (!parts) return null;
  const { day = '', month = '', year = '', time = '' } = parts;
  const monthIndex = months.indexOf(month);
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  if (monthIndex < 0 || hours > 23 || minutes > 59 || seconds > 60) return null;
  const at = (fullYear: number): number | null => {
    const date = new Date(Date.UTC(fullYear, monthIndex, Number(day), hours, minutes, seconds));
    // A day that its month does not have would have become one of the next.
    return Number(day) > 0 && date.getUTCDate() === Number(day) ? date.getTime() : null;
  };
  if (year.length === 4) return at(Number(year));
  // A year of two digits that seems more than 50 years ahead is one of the century before; RFC 9110 says no more, and a
  // date close to now across the turn of a century is meant as one close to now.
  const thisYear = now.getUTCFullYear();
  const inThisCentury = Math.floor(thisYear / 100) * 100 + Number(year);
  return at(
    inThisCentury > thisYear + 50
      ? inThisCentury - 100
      : inThisCentury + (inThisCentury < thisYear - 49 ? 100 : 0),
  );
}
