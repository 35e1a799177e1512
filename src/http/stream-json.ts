import { Readable } from 'node:stream';

/** Few enough bytes to stay small in memory, many enough to be worth a write. */
const chunkCharacters = 32 * 1024;

/**
 * The JSON object `before`, with the list `name` and then `after` added to it, written as the list's items are read: as
 * fast as the caller takes it, and never whole in memory.
 */
export function withStreamedList(
  before: object,
  name: string,
  items: AsyncIterable<unknown>,
  after: object,
): Readable {
  return Readable.from(written(before, name, items, after));
}

async function* written(
  before: object,
  name: string,
  items: AsyncIterable<unknown>,
  after: object,
): AsyncGenerator<Buffer> {
  let text = `${JSON.stringify(before).slice(0, -1)},${JSON.stringify(name)}:[`;
  let separator = '';
  for await (const item of items) {
    text += separator + JSON.stringify(item);
    separator = ',';
    if (text.length < chunkCharacters) continue;
    yield Buffer.from(text, 'utf8');
    text = '';
  }
  yield Buffer.from(`${text}],${JSON.stringify(after).slice(1)}`, 'utf8');
}
