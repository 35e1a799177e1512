import fc from 'fast-check';
import { createGroupCommit } from '../../src/concurrency/group-commit.ts';

type Group = { items: number[]; answer: () => void; fail: (cause: Error) => void };

/** A group commit whose commits end when the test says so; the answer to an item is ten times the item. */
function controlled(options: { maxItems: number; maxInFlight: number }) {
  const open: Group[] = [];
  const groups: number[][] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const commit = createGroupCommit<number, number>({
    ...options,
    commit: (items) =>
      new Promise((resolve, reject) => {
        groups.push(items);
        inFlight += 1;
        mostInFlight = Math.max(mostInFlight, inFlight);
        const end = (finish: () => void) => () => {
          inFlight -= 1;
          finish();
        };
        open.push({
          items,
          answer: end(() => resolve(items.map((item) => item * 10))),
          fail: (cause) => end(() => reject(cause))(),
        });
      }),
  });
  return { commit, open, groups, mostInFlight: () => mostInFlight };
}

const turn = (): Promise<void> => new Promise(setImmediate);

test('every caller gets its own answer, in groups and at a width within the bounds, whatever the order of the ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant('call' as const) }, fc.nat({ max: 4 })), {
        maxLength: 40,
      }),
      async (maxItems, maxInFlight, steps) => {
        const { commit, open, groups, mostInFlight } = controlled({ maxItems, maxInFlight });
        const answers: Promise<number>[] = [];
        const end = async (which: number): Promise<void> => {
          open.splice(which % Math.max(open.length, 1), 1)[0]?.answer();
          await turn();
        };
        for (const step of steps) {
          if (step === 'call') answers.push(commit(answers.length));
          else await end(step);
        }
        await turn();
        while (open.length > 0) await end(0);

        expect(await Promise.all(answers)).toEqual(answers.map((_answer, item) => item * 10));
        expect(groups.flat()).toEqual(answers.map((_answer, item) => item));
        expect(Math.max(0, ...groups.map(({ length }) => length))).toBeLessThanOrEqual(maxItems);
        expect(mostInFlight()).toBeLessThanOrEqual(maxInFlight);
      },
    ),
  );
});

test('callers of one turn share a group, and those who come while it runs share the next', async () => {
  const { commit, open, groups } = controlled({ maxItems: 10, maxInFlight: 1 });
  const first = [commit(1), commit(2)];
  await turn();
  const second = [commit(3), commit(4), commit(5)];
  open.shift()?.answer();
  await Promise.all(first);
  await turn();
  open.shift()?.answer();
  await Promise.all(second);
  expect(groups).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

test('an error reaches every caller of its group, and nobody else', async () => {
  const { commit, open } = controlled({ maxItems: 2, maxInFlight: 1 });
  const outcomes = [1, 2, 3, 4].map((item) => commit(item).catch((cause: unknown) => cause));
  await turn();
  const failure = new Error('the database is away');
  open.shift()?.fail(failure);
  await turn();
  open.shift()?.answer();
  expect(await Promise.all(outcomes)).toEqual([failure, failure, 30, 40]);
});

test('a commit that leaves an item without an answer is an error for that item alone', async () => {
  const commit = createGroupCommit<number, number>({
    commit: async () => [10],
    maxItems: 10,
    maxInFlight: 1,
  });
  const [first, second] = await Promise.allSettled([commit(1), commit(2)]);
  expect(first).toMatchObject({ value: 10 });
  expect(second).toMatchObject({ status: 'rejected' });
});

test('with a spacing, a lone caller is served at once, and those who follow share a group after it', async () => {
  const groups: { items: number[]; atMs: number }[] = [];
  const commit = createGroupCommit<number, number>({
    commit: (items) => {
      groups.push({ items, atMs: performance.now() });
      return Promise.resolve(items);
    },
    ...{ maxItems: 10, maxInFlight: 2, spacingMs: 50 },
  });

  await commit(1);
  await Promise.all([commit(2), turn().then(() => commit(3))]);

  expect(groups.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  const [first = 0, second = 0] = groups.map(({ atMs }) => atMs);
  expect(second - first).toBeGreaterThanOrEqual(49);
});

test('a full group waits for no spacing', async () => {
  const commit = createGroupCommit<number, number>({
    commit: (items) => Promise.resolve(items),
    ...{ maxItems: 3, maxInFlight: 2, spacingMs: 3_600_000 },
  });
  await commit(1);

  expect(await Promise.all([2, 3, 4].map(commit))).toEqual([2, 3, 4]);
});
