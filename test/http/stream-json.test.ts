import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { withStreamedList } from '../../src/http/stream-json.ts';

test('a streamed list is one JSON object with what stands before and behind it', async () => {
  const streamed = async (items: unknown[]) =>
    JSON.parse(
      await text(withStreamedList({ id: 'é' }, 'members', each(items), { next_cursor: null })),
    ) as unknown;
  const items = Array.from({ length: 5000 }, (_, n) => ({ n, name: `member ${n} ✓` }));
  expect(await streamed(items)).toEqual({ id: 'é', members: items, next_cursor: null });
  expect(await streamed([])).toEqual({ id: 'é', members: [], next_cursor: null });
});

test('no more of a list is read than the caller takes, however long it is', async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read += 1;
      yield { id: read, padding: 'x'.repeat(100) };
    }
  }
  const stream = withStreamedList({}, 'members', endless(), {});
  await once(stream, 'readable');
  stream.read();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(read).toBeLessThan(20_000);
  stream.destroy();
});

async function* each(items: unknown[]) {
  yield* items;
}
