const maxCount = 64;
const maxValueChars = 2 * 1024;
const maxTotalChars = 8 * 1024;

// What decides about the next try or explains this one is kept before anything else.
const first = ['retry-after', 'content-type', 'content-encoding', 'content-length', 'location'];

/** The response headers as they are kept: few enough and short enough to be stored with every attempt. */
export function boundHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const names = Object.keys(headers);
  const ordered = [
    ...first.filter((name) => Object.hasOwn(headers, name)),
    ...names.filter((name) => !first.includes(name)),
  ];
  const kept: [string, string][] = [];
  let left = maxTotalChars;
  for (const name of ordered.slice(0, maxCount)) {
    const value = [headers[name] ?? ''].flat().join(', ').slice(0, maxValueChars);
    if (name.length + value.length > left) continue;
    left -= name.length + value.length;
    kept.push([name, value]);
  }
  // Not by assignment, to which a header named __proto__ would be something else than a key.
  return Object.fromEntries(kept);
}
