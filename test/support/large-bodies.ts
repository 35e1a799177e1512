// Bodies that are as long as wanted in one place, made as text: what they would be as values is never in memory.
import { placesOf, valueAt } from './bent.ts';

const mark = '"@place@"';

/** Each of `body`'s places in turn made `bytes` long in the ways its kind can be; whole texts of no sense beside them. */
export function* largeBodies(body: unknown, bytes: number): Generator<readonly [what: string, text: string]> {
  for (const at of placesOf(body)) {
    const value = valueAt(body, at);
    const where = at.join('.');
    const around = JSON.stringify(replaced(body, at));
    const put = (what: string, text: string) =>
      [`${what} at ${where}`, around.replace(mark, () => text)] as const;
    const room = bytes - around.length - 2;
    if (Array.isArray(value)) {
      yield put('numbers', `[${filled(room, () => '0')}]`);
      yield put('objects', `[${filled(room, () => '{}')}]`);
      yield put('copies', `[${filled(room, (index) => different(value[0], index))}]`);
    } else if (typeof value === 'object' && value !== null) {
      const own = JSON.stringify(value).slice(1, -1);
      yield put(
        'fields',
        `{${own}${own && ','}${filled(room - own.length - 1, (index) => `"k${index}":0`)}}`,
      );
      yield put('texts', `{${filled(room, (index) => `"k${index}":"x"`)}}`);
    } else if (typeof value === 'string') yield put('text', JSON.stringify('x'.repeat(room)));
  }
  yield ['numbers', `[${filled(bytes - 2, () => '0')}]`];
  yield ['brackets', '['.repeat(bytes)];
  yield ['braces', '{"a":'.repeat(bytes / 5)];
  yield ['spaces', `${' '.repeat(bytes - 2)}{}`];
  yield ['quotes', '{"a":"' + '\\"'.repeat(bytes / 2 - 8) + '"}'];
}

function filled(bytes: number, item: (index: number) => string): string {
  const items: string[] = [];
  for (let [index, length] = [0, 0]; ; index += 1) {
    const next = item(index);
    length += next.length + 1;
    if (length > bytes) return items.join(',');
    items.push(next);
  }
}

function different(item: unknown, index: number): string {
  return JSON.stringify(typeof item === 'string' ? `${item}${index}` : item);
}

function replaced(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return JSON.parse(mark) as unknown;
  if (Array.isArray(value))
    return value.map((held: unknown, index) => (String(index) === name ? replaced(held, rest) : held));
  return Object.fromEntries(
    Object.entries(value as object).map(([own, held]) => [
      own,
      own === name ? replaced(held, rest) : (held as unknown),
    ]),
  );
}
