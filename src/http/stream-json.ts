import { Readable } from 'node:stream';
import { createTurns } from '../use-cases/give-way.ts';

/** Few enough bytes to stay small in memory, many enough to be worth a write. */
const chunkCharacters = 32 * 1024;

/**
 * The JSON object `before`, with the list `name` and then `after` added to it, written as the list's items are read: as
 * fast as the caller takes it, never whole in memory, and with a turn for every other request in between.
 */
export function withStreamedList(
  before: object,
  name: string,
  items: AsyncIterable<unknown> | Iterable<unknown>,
  after: object,
): Readable {
  return Readable.from(written(before, name, items, after));
}

async function* written(
  before: object,
  name: string,
  items: AsyncIterable<unknown> | Iterable<unknown>,
  after: object,
): AsyncGenerator<Buffer> {
  const turns = createTurns();
  const [head, tail] = [fieldsOf(before), fieldsOf(after)];
  let text = `{${head}${head && ','}${JSON.stringify(name)}:[`;
  let separator = '';
  for await (const item of items) {
    if (turns.isOver()) await turns.give();
    text += separator + JSON.stringify(item);
    separator = ',';
    if (text.length < chunkCharacters) continue;
    yield Buffer.from(text, 'utf8');
    text = '';
  }
  yield Buffer.from(`${text}]${tail && ','}${tail}}`, 'utf8');
}

function fieldsOf(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}
