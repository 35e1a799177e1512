// What requests are bent with: text that means something to some parser, and text that is longer than it looks.

// Text that no compression makes small, which a limit in characters lets through at three bytes each.
export const incompressible = (length: number): string =>
  Array.from({ length }, (_, index) =>
    String.fromCharCode(0x4e00 + ((Math.imul(index + 1, 2_654_435_761) >>> 17) % 20_000)),
  ).join('');

const unknownId = '00000000-0000-7000-8000-000000000000';

export const lengths = [20, 50, 100, 200, 255, 320, 500, 1000, 2048, 4000, 10_000];

/** In a field, a part of a path or a parameter. */
// prettier-ignore
export const oddTexts = [
  '', ' ', '\u0000', 'a\u0000b', '\ud800', '\udc00x', '\u{10ffff}', '\u202e', '__proto__', 'constructor',
  'toString', 'hasOwnProperty', '..', '../../etc/passwd', '%', '%00', '%zz', "'", '"', '\\', '$1', '${id}',
  'NULL', '{}', '{a,b}', '-1', '0', '1e3', '1e400', '0x10', '9999999999', '99999999999999999999', 'NaN',
  'Infinity', '2147483648', '9223372036854775808', 'true', 'null', '[', 'https://[', 'http://[::1', '//',
  'https://example.com:99999/', 'https://\u0000/', 'https://xn--/', 'https://a.b/%', 'https://user:p@a.b/',
  '0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:59', '9999-12-31T23:59:59.9999999-23:59',
  '2026-02-30T00:00:00Z', '2026-06-15T24:00:00Z', '2026-06-15T23:59:60Z', '2026-06-15T11:30:00+23:59',
  '2026-06-15T11:30:00-18:00', '2026-06-15T11:30Z', '2026-06-15T11:30:00.123456789012Z', '-2026-06-15',
  `2026-06-15T11:30:00+23:59_${unknownId}`, `0001-01-01T00:00:00Z_${unknownId}`, `_${unknownId}`,
  `9999-12-31T23:59:59.9999999Z_${unknownId}`, `${unknownId}_2147483648`, `${unknownId}_999999999`, unknownId,
  unknownId.toUpperCase(), `{${unknownId}}`, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '_', '__',
  'ignored\r\nx-injected: 1', '\uffff', '\ufeff', 'ı', 'İ', 'ß', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'a'.repeat(10_000),
];

/** In a path, encoded as they are. */
// prettier-ignore
export const oddSegments = [
  '%', '%0', '%zz', '%00', '%c0%80', '%ff%fe', '%ed%a0%80', '%2e%2e', '%2f', '%5c', ';', '*', ':id', '//', '?',
  '#', '.', '..', '...', '%252e', 'index.html', 'static', 'x'.repeat(2001), 'x'.repeat(15_000),
];

/** In a header. */
// prettier-ignore
export const oddHeaderValues = [
  '', '[', '[::1', 'a b', 'a:b:c', 'example.com:99999', '/', 'http://x', '@', '%', '?', '#', '[::1]:1', ',',
  'é', 'a,b', 'example.com, [', 'javascript', 'https', 'ht tp', '127.0.0.1', '999.1.1.1', 'unknown', '\t', '"',
  '\\', 'Bearer', 'Bearer ', 'Bearer a b', 'Basic ', 'Basic %', 'Basic Og==', 'ApiKey-v1 x', 'Bearer a.b.c',
  'Bearer ..', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.', 'Bearer eyJhbGciOiJIUzI1NiJ9.bnVsbA.x', 'application/json',
  'text/plain', 'application/json; charset=utf-16', 'application/json;', ';', 'application/json, text/plain',
  '/', 'a/b/c', 'multipart/form-data', 'gzip', 'chunked', 'identity', '100-continue', 'bytes=0-',
  'bytes=9-1,x', '-1', '1e3', '0', '99999999999', 'x'.repeat(4000), '*/*', 'upgrade', 'h2c', 'websocket',
  'W/"x"', 'Thu, 01 Jan 1970 00:00:00 GMT',
];

/** What may be read somewhere; the likeliest twice. */
// prettier-ignore
export const headerNames = [
  'host', 'host', 'authorization', 'content-type', 'content-length', 'transfer-encoding', 'expect', 'upgrade',
  'x-forwarded-host', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-for', 'forwarded', 'x-request-id',
  'content-encoding', 'accept', 'accept-encoding', 'range', 'if-none-match', 'if-modified-since', 'te',
  'cookie', '__proto__', 'constructor', 'x-twilio-signature', 'x-amz-sns-message-type', 'connection', 'origin',
];
