// Batches of Dispatch and what is accepted of their members, by the real statements.
import { v7 as uuidv7 } from 'uuid';
import { createBatchStore } from '../../src/db/batch-store.ts';
import { createCampaignStore } from '../../src/db/campaign-store.ts';
import { createCommunicationStore } from '../../src/db/communication-store.ts';
import { createWorkflowRequests } from '../../src/db/workflow-requests.ts';
import { createAdvanceBatch } from '../../src/use-cases/advance-batch.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  acceptanceBy,
  aMember,
  createDispatchFixture,
  processed,
  time,
} from '../support/dispatch-fixture.ts';

let database: TestDatabase;
let dispatch: Awaited<ReturnType<typeof createDispatchFixture>>;

beforeAll(async () => {
  database = await createTestDatabase();
  dispatch = await createDispatchFixture(database.pool);
});
afterAll(() => database.drop());

const batches = () => createBatchStore(database.pool);
/** The requests for a batch's workflow, which are forgotten with it. */
async function wakesOf(batchId: string): Promise<number> {
  const { rowCount } = await database.pool.query('DELETE FROM workflow_requests WHERE workflow_id = $1', [
    `batch/${batchId}`,
  ]);
  return rowCount ?? 0;
}

function advancing(pool = database.pool) {
  const started: string[] = [];
  let failures = 0;
  const advance = createAdvanceBatch({
    ...acceptanceBy(pool),
    batches: createBatchStore(pool),
    memberWorkflows: {
      async start({ notificationId }) {
        if (failures > 0 && started.length % 3 === 2) {
          failures -= 1;
          throw new Error('Temporal is away');
        }
        started.push(notificationId);
      },
    },
  });
  return { advance, started, failNext: (count: number) => (failures = count) };
}

test('a batch has its members in their places, with attributes as they came, also those that are appended at the same time', async () => {
  const { id, members } = await dispatch.aBatch(1500);
  const more = Array.from({ length: 6 }, () =>
    Array.from({ length: 50 }, (_, n) => ({ ...aMember(n), id: uuidv7() })),
  );
  await Promise.all(more.map((part) => createBatchStore(database.otherPool(1)).append(id, part, time)));

  const stored = await batches().members(id, 0, 5000);
  expect(stored).toHaveLength(1800);
  expect(stored.slice(0, 1500).map((member) => member.id)).toEqual(members);
  expect(JSON.stringify(stored[1]?.attributes)).toBe('{"zebra":1,"apple":"001","id":"M-1"}');
  expect(stored[0]).toMatchObject({
    destinations: [
      { type: 'sms', to: '+61491570', provider: 'twilio', provider_reference: 'SM0', status: null },
    ],
    status: 'waiting',
  });
  const places = more.map((part) => stored.findIndex((member) => member.id === part[0]?.id));
  for (const [index, place] of places.entries())
    expect(stored.slice(place, place + 50).map((member) => member.id)).toEqual(
      more[index]?.map((member) => member.id),
    );
  expect(await batches().find(id)).toMatchObject({
    member_count: 1800,
    started_count: 0,
    processed_count: 0,
  });
});

test('nothing is appended to a batch that was closed, and nothing of it is written', async () => {
  const { id } = await dispatch.aBatch(2);
  await batches().close(id);
  expect(await batches().append(id, [{ ...aMember(), id: uuidv7() }], time)).toBe(false);
  expect(await batches().members(id, 0, 10)).toHaveLength(2);
  const { closed_at: first } = (await batches().find(id)) ?? {};
  expect((await batches().close(id))?.closed_at).toBe(first);
});

test('each member that is processed counts once, whoever accepts it, and the last one wakes its batch', async () => {
  const { id, members } = await dispatch.aBatch(120);
  await wakesOf(id);
  const pools = [database.otherPool(3), database.otherPool(3), database.pool];
  const others = await dispatch.aBatch(60);
  await wakesOf(others.id);

  await Promise.all([
    ...members.slice(1).map((member, n) => processed(pools[n % 3] ?? database.pool, member, n + 1)),
    // Two processes say the same of one member at the same moment.
    ...members.slice(1, 40).map((member, n) => processed(pools[(n + 1) % 3] ?? database.pool, member, n + 1)),
    ...others.members.map((member, n) => processed(pools[n % 3] ?? database.pool, member, n)),
  ]);

  expect(await batches().find(id)).toMatchObject({ processed_count: 119, member_count: 120 });
  expect(await batches().find(others.id)).toMatchObject({ processed_count: 60 });
  expect(await wakesOf(id)).toBe(0);
  expect(await wakesOf(others.id)).toBe(1);
  await processed(database.pool, String(members[0]), 0);
  expect(await batches().find(id)).toMatchObject({ processed_count: 120 });
  expect(await wakesOf(id)).toBe(1);
  const { rows } = await database.pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM statuses st JOIN notifications n ON n.id = st.notification_id
     WHERE n.batch_id = $1 AND st.event = 'message_sent'`,
    [id],
  );
  expect(rows[0]?.count).toBe(120);
});

test('a wake that is asked for while an earlier one is being carried out is not forgotten with it', async () => {
  const { id } = await dispatch.aBatch(1);
  const requests = createWorkflowRequests(database.pool);
  const [first] = (await requests.claim(100, 0)).filter(({ workflowId }) => workflowId === `batch/${id}`);
  if (!first) throw new Error('the batch was not asked for');
  expect(first).toMatchObject({
    workflowType: 'batchWorkflow',
    argument: { batchId: id },
    signal: 'changed',
  });
  await batches().close(id);
  await requests.done(first);
  expect(await wakesOf(id)).toBe(1);
});

test('the members of a batch are started page by page, each though Temporal was away in the middle, and those processed already are not', async () => {
  const { id, members } = await dispatch.aBatch(25);
  await processed(database.pool, String(members[3]), 3);
  const { advance, started, failNext } = advancing();
  failNext(2);

  const outcomes: unknown[] = [];
  for (let step = 0; step < 6; step += 1)
    outcomes.push(await advance(id, 10).catch((cause: unknown) => String(cause)));

  expect(outcomes.filter((outcome) => outcome === 'Error: Temporal is away').length).toBeGreaterThan(0);
  expect(outcomes.at(-1)).toEqual({
    status: 'IN_PROGRESS',
    members: 25,
    started: 25,
    processed: 1,
    isClosed: false,
  });
  expect([...new Set(started)].sort()).toEqual(members.filter((_, n) => n !== 3).sort());
});

test('while its communication is disabled a batch waits, and it is woken when that is enabled', async () => {
  const { id, communicationId, members } = await dispatch.aBatch(5);
  const communications = createCommunicationStore(database.pool);
  await communications.disable(communicationId, 'communication', 'It was asked for.');
  await wakesOf(id);
  const { advance, started } = advancing();
  expect(await advance(id, 10)).toMatchObject({ status: 'WAITING', started: 0 });
  await processed(database.pool, String(members[0]), 0);
  expect(await batches().find(id)).toMatchObject({ status: 'WAITING', processed_count: 1 });
  const campaigns = createCampaignStore(database.pool);
  expect(await campaigns.findCommunication(communicationId)).toMatchObject({ state: 'disabled', held: 2 });

  const newId = uuidv7();
  expect(
    await communications.enable(communicationId, 'communication', { newId, ratePerSecond: null }),
  ).toEqual({
    drainId: newId,
    held: 2,
  });
  expect(await wakesOf(id)).toBe(1);
  expect(await advance(id, 10)).toMatchObject({ status: 'IN_PROGRESS', started: 5 });
  expect(started).toHaveLength(4);
});

test('a communication is complete when all its batches are closed and processed, and each is told of once', async () => {
  const one = await dispatch.aBatch(2);
  const other = await dispatch.aBatch(1, one.communicationId);
  const campaigns = createCampaignStore(database.pool);
  const status = async () => (await campaigns.findCommunication(one.communicationId))?.status;
  const completions = async () =>
    (await campaigns.history(one.communicationId, { limit: 100 })).items
      .filter(({ event }) => event === 'communication_complete')
      .map(({ notificationId }) => notificationId);
  await Promise.all(one.members.map((member, n) => processed(database.pool, member, n)));
  await batches().close(one.id);
  const { advance } = advancing();
  expect(await advance(one.id, 10)).toMatchObject({ status: 'IN_PROGRESS', processed: 2, isClosed: true });
  expect([await status(), await completions()]).toEqual(['IN_PROGRESS', []]);

  await processed(database.pool, String(other.members[0]), 0);
  await batches().close(other.id);
  await wakesOf(one.id);
  // As when a worker is given up that is still alive.
  const rivals = [advancing(database.otherPool(2)), advancing(database.otherPool(2)), advancing()];
  await Promise.all(rivals.flatMap((rival) => [rival.advance(other.id, 10), rival.advance(one.id, 10)]));

  expect(await advance(other.id, 10)).toMatchObject({ status: 'COMPLETE' });
  expect(await status()).toBe('COMPLETE');
  expect((await completions()).sort()).toEqual([one.id, other.id].sort());
  expect(await wakesOf(one.id)).toBe(1);
});

test('a batch without members is complete when it is closed', async () => {
  const { id } = await dispatch.aBatch(0);
  const { advance } = advancing();
  expect(await advance(id, 10)).toMatchObject({ status: 'IN_PROGRESS' });
  await batches().close(id);
  expect(await advance(id, 10)).toMatchObject({ status: 'COMPLETE', members: 0 });
});
