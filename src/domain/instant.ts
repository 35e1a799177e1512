/**
 * A moment as text: RFC 3339, UTC, always six fractional digits and `Z`. It is text because the Notify family's
 * callbacks carry microseconds and a JavaScript Date holds only milliseconds.
 */
export type Instant = string;

const rfc3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}(?::?\d{2})?)$/;

/** Any RFC 3339 time, or PostgreSQL's own spelling of one, as an Instant; digits past the microsecond are cut. */
export function toInstant(text: string): Instant {
  const match = rfc3339.exec(text);
  if (!match) throw new RangeError('not an RFC 3339 time with an offset');
  const [, date = '', time = '', fraction = '', offset = ''] = match;
  const micros = fraction.slice(0, 6).padEnd(6, '0');
  if (/^([Zz]|[+-]00(:?00)?)$/.test(offset)) return `${date}T${time}.${micros}Z`;
  const padded = offset.length === 3 ? `${offset}:00` : offset;
  const utc = new Date(`${date}T${time}${padded}`);
  if (Number.isNaN(utc.getTime())) throw new RangeError('not a time that exists');
  return `${utc.toISOString().slice(0, 19)}.${micros}Z`;
}

export function fromDate(date: Date): Instant {
  return `${date.toISOString().slice(0, 23)}000Z`;
}
