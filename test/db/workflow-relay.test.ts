// Requested workflows, as PostgreSQL keeps them: one that Temporal refuses holds up no other.
import type { Pool } from 'pg';
import { createSetAsideRequests } from '../../src/db/set-aside-requests.ts';
import { createWorkflowRequests, wakeAgain } from '../../src/db/workflow-requests.ts';
import { createWorkflowRelay, type WorkflowRelay } from '../../src/dispatch/workflow-relay.ts';
import { AppError } from '../../src/domain/errors.ts';
import type { WorkflowRequest } from '../../src/ports/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

let database: TestDatabase;
const relays: WorkflowRelay[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await database.drop();
});

/** Requests that are due for an hour, the first the longest. */
async function request(...workflowIds: string[]): Promise<void> {
  await database.pool.query(
    `INSERT INTO workflow_requests (workflow_id, workflow_type, argument, not_before)
     SELECT id, 'anyWorkflow', '{}', now() - interval '1 hour' + place * interval '1 millisecond'
     FROM unnest($1::text[]) WITH ORDINALITY AS given (id, place)`,
    [workflowIds],
  );
}

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}/${n}`);

function startRelay(fail: (workflowId: string) => Error | null, pool: Pool = database.pool) {
  const started: string[] = [];
  const tried: string[] = [];
  const relay = createWorkflowRelay({
    requests: createWorkflowRequests(pool),
    starter: {
      start: async ({ workflowId }: WorkflowRequest) => {
        tried.push(workflowId);
        const failure = fail(workflowId);
        if (failure) throw failure;
        started.push(workflowId);
      },
    },
    log: { warn: () => undefined, info: () => undefined },
    everySeconds: 1,
  });
  relays.push(relay);
  relay.start();
  return { started, tried, relay };
}

const setAside = () => createSetAsideRequests(database.pool);

async function setAllAside(): Promise<void> {
  const requests = createWorkflowRequests(database.pool);
  const claimed = await requests.claim(100, 60);
  const inOrder = claimed.sort((one, other) => (one.dueSince < other.dueSince ? -1 : 1));
  for (const one of inOrder) await requests.refuse(one, 'invalid argument', null);
}

async function rowOf(workflowId: string): Promise<{ tries: number; wait: number } | undefined> {
  const { rows } = await database.pool.query<{ tries: number; wait: number }>(
    `SELECT tries, extract(epoch FROM not_before - now())::float AS wait FROM workflow_requests WHERE workflow_id = $1`,
    [workflowId],
  );
  return rows[0];
}

const refusal = new Error('invalid argument');
const away = new AppError('UNAVAILABLE', 'Temporal did not take it.');
const refusing = (workflowId: string) => (workflowId.startsWith('refused/') ? refusal : null);

test('behind fifty-one that Temporal refuses, a good one is started at once', async () => {
  await request(...numbered('refused', 51), 'good');
  const { started, tried } = startRelay(refusing);
  await until('the good one is started', () => started.includes('good'), 15);

  expect(started).toEqual(['good']);
  expect(new Set(tried).size).toBe(52);
}, 30_000);

test('behind twenty that fail as if Temporal were away, a good one is started as well', async () => {
  await request(...numbered('away', 20), 'good');
  const { started } = startRelay((id) => (id === 'good' ? null : away));
  await until('the good one is started', () => started.includes('good'), 15);

  expect(started).toEqual(['good']);
}, 30_000);

test('one that Temporal refuses waits ever longer, and is set aside after eight tries', async () => {
  await request('refused/0');
  const { tried } = startRelay(refusing);
  const waits: number[] = [];
  for (let tries = 1; tries <= 7; tries += 1) {
    await until(`try ${tries}`, async () => (await rowOf('refused/0'))?.tries === tries, 15);
    const { wait = 0 } = (await rowOf('refused/0')) ?? {};
    waits.push([2, 4, 8, 16, 32, 64, 128].find((step) => step >= wait) ?? 0);
    await database.pool.query("UPDATE workflow_requests SET not_before = now() - interval '1 second'");
  }
  await until('it is set aside', async () => (await setAside().count()) === 1, 15);

  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128]);
  expect(tried).toHaveLength(8);
  expect(await setAside().list({ limit: 10 })).toMatchObject({
    items: [{ workflow_id: 'refused/0', workflow_type: 'anyWorkflow', tries: 8, error: 'invalid argument' }],
    nextCursor: null,
  });
  await database.pool.query("UPDATE workflow_requests SET not_before = now() - interval '1 hour'");
  expect(await createWorkflowRequests(database.pool).claim(10, 60)).toEqual([]);
}, 30_000);

test('one that was set aside is started when an operator has it retried, and then is gone', async () => {
  await request('refused/0', 'refused/1');
  await setAllAside();
  const [newest] = (await setAside().list({ limit: 1 })).items;
  expect(await setAside().retry(newest?.id ?? '')).toMatchObject({ workflow_id: 'refused/1' });
  expect(await setAside().retry(newest?.id ?? '')).toBeNull();
  const { started } = startRelay(() => null);
  await until('it is started', async () => (await rowOf('refused/1')) === undefined, 15);

  expect(started).toEqual(['refused/1']);
  expect((await setAside().list({ limit: 10 })).items).toMatchObject([{ workflow_id: 'refused/0' }]);
}, 30_000);

test('those that were set aside are listed page by page, the newest first', async () => {
  await request(...numbered('refused', 5));
  await setAllAside();
  const seen: string[] = [];
  for (let cursor: string | undefined; seen.length < 10;) {
    const { items, nextCursor } = await setAside().list({ limit: 2, cursor });
    seen.push(...items.map(({ workflow_id: id }) => id));
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  expect(seen).toEqual(numbered('refused', 5).reverse());
});

test('one that is asked for again while it is set aside is tried again', async () => {
  await request('refused/0');
  await setAllAside();
  await database.pool.query(
    `INSERT INTO workflow_requests (workflow_id, workflow_type, argument) VALUES ('refused/0', 'anyWorkflow', '{}') ${wakeAgain}`,
  );
  expect(await createWorkflowRequests(database.pool).claim(10, 60)).toMatchObject([
    { workflowId: 'refused/0' },
  ]);
  expect(await setAside().count()).toBe(0);
});

test('while Temporal is away no try is counted, and all are started when it is back', async () => {
  await request(...numbered('good', 30));
  let isAway = true;
  const { started, tried } = startRelay(() => (isAway ? away : null));
  await until('the first were tried', () => tried.length >= 16, 15);
  const { rows } = await database.pool.query('SELECT 1 FROM workflow_requests WHERE tries = 0');
  expect(rows).toHaveLength(30);
  isAway = false;
  await until('all are started', () => started.length === 30, 30);

  expect([...started].sort()).toEqual(numbered('good', 30).sort());
  expect(await rowOf('good/0')).toBeUndefined();
}, 60_000);

test('two processes have none of them at the same time, and what one left is another’s after its lease', async () => {
  await request(...numbered('good', 40));
  const stores = [database.pool, database.otherPool(2)].map(createWorkflowRequests);
  const claimed = (await Promise.all(stores.map((store) => store.claim(30, 60)))).flat();
  expect(new Set(claimed.map(({ workflowId }) => workflowId)).size).toBe(claimed.length);
  expect(claimed).toHaveLength(40);
  expect(await stores[0]?.claim(30, 60)).toEqual([]);

  await stores[0]?.release(claimed.slice(0, 1));
  const [again] = (await stores[1]?.claim(30, 0)) ?? [];
  expect(again).toMatchObject({ workflowId: claimed[0]?.workflowId, dueSince: claimed[0]?.dueSince });
  expect(await stores[0]?.claim(30, 60)).toHaveLength(1);
});
