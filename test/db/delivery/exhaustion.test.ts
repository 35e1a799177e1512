// A status that has used up its tries stops its communication: once, however many do so together, and with one mail each.
import { createCallbackStore } from '../../../src/db/callbacks/callback-store.ts';
import { createCommunicationStore } from '../../../src/db/callbacks/communication-store.ts';
import { createDeliveryStore } from '../../../src/db/delivery/delivery-store.ts';
import { createMailStore } from '../../../src/db/callbacks/mail-store.ts';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import { createWorkflowRequests } from '../../../src/db/dispatch/workflow-requests.ts';
import { anAttempt, delivered, exhausted, withStatuses } from '../../support/attempts.ts';
import { callbackSettings } from '../../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { everyStatus, storeService } from '../../support/db-fixture.ts';

const event = 'delivery_status' as const;

let database: TestDatabase;
let serviceId: string;
let callbackId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE services, statuses, workflow_requests, held_statuses CASCADE');
  ({ serviceId, callbackId } = await storeService(database.pool));
});
afterAll(() => database.drop());

const store = () => createDeliveryStore(database.pool);
const communications = () => createCommunicationStore(database.pool);
const find = () => createCallbackStore(database.pool).find(serviceId, event);
const accepted = (count: number) => withStatuses(database.pool, serviceId, count);
const requests = () => createWorkflowRequests(database.pool).claim(100, 0);
const configure = (changes: Parameters<typeof callbackSettings>[0]) =>
  createCallbackStore(database.pool).put(
    callbackId,
    serviceId,
    event,
    callbackSettings({ filter: everyStatus, ...changes }),
  );
const mails = async () =>
  (
    await database.pool.query<{ id: string; address: string; kind: string; incident: number }>(
      'SELECT id, address, kind, incident FROM mails WHERE callback_id = $1 ORDER BY address',
      [callbackId],
    )
  ).rows;

test('a status that has used up its tries is failed, and its communication disabled with the reason', async () => {
  const id = await accepted(1);

  await store().record(anAttempt(id, exhausted(callbackId, 'It was tried 5 times.')));

  expect((await createStatusStore(database.pool).history(id))[0]).toMatchObject({ state: 'failed' });
  expect(await find()).toMatchObject({
    state: 'disabled',
    disabled_reason: 'It was tried 5 times.',
    version: 2,
  });
  const { items } = await communications().versions(serviceId, event, { limit: 1 });
  expect(items).toMatchObject([{ change: 'disabled', changed_by: 'ringback' }]);
});

test('five hundred that fail at the same moment make one disable, one mail an address and one workflow', async () => {
  await configure({ notificationList: ['a@example.com', 'b@example.com'] });
  const ids = await Promise.all(Array.from({ length: 500 }, () => accepted(1)));

  await Promise.all(ids.map((id) => store().record(anAttempt(id, exhausted(callbackId)))));

  expect(await find()).toMatchObject({ state: 'disabled', version: 3 });
  expect((await mails()).map(({ address }) => address)).toEqual(['a@example.com', 'b@example.com']);
  expect(await requests()).toMatchObject([
    {
      workflowId: `communication/${callbackId}/disabled/3`,
      workflowType: 'disableCommunication',
      argument: { communicationId: callbackId, incident: 3 },
      serviceId,
      profile: 'govuk-notify',
      communicationId: callbackId,
    },
  ]);
  const { rows } = await database.pool.query('SELECT state, count(*) FROM statuses GROUP BY state');
  expect(rows).toContainEqual({ state: 'failed', count: 500 });
}, 60_000);

test("without a list of its own the service's list is mailed; an address that is there twice once", async () => {
  await database.pool.query('UPDATE services SET notification_list = $2 WHERE id = $1', [
    serviceId,
    ['ops@example.com', 'Ops@Example.com', 'lead@example.com'],
  ]);
  await store().record(anAttempt(await accepted(1), exhausted(callbackId)));
  expect((await mails()).map(({ address }) => address.toLowerCase())).toEqual([
    'lead@example.com',
    'ops@example.com',
  ]);
});

test('a second disable, after it was enabled, is an incident of its own', async () => {
  await configure({ notificationList: ['ops@example.com'] });
  await store().record(anAttempt(await accepted(1), exhausted(callbackId)));
  await communications().enable(serviceId, event, { newId: callbackId, ratePerSecond: null });
  const id = await accepted(1);
  await store().record(
    anAttempt(id, {
      ...exhausted(callbackId),
      exchange: { ...anAttempt(id).exchange, durationMs: 0 },
    }),
  );
  expect((await mails()).map(({ incident }) => incident)).toEqual([3, 5]);
});

test('an attempt that began before the communication was enabled last does not disable it again', async () => {
  await communications().disable(serviceId, event, 'It was asked for.');
  const id = await accepted(1);
  await communications().enable(serviceId, event, { newId: callbackId, ratePerSecond: null });
  await database.pool.query(`UPDATE statuses SET state = 'retrying' WHERE notification_id = $1`, [id]);

  const exchange = { ...anAttempt(id).exchange, durationMs: 60_000 };
  await store().record(anAttempt(id, { ...exhausted(callbackId), exchange }));

  expect(await find()).toMatchObject({ state: 'enabled' });
  expect((await createStatusStore(database.pool).history(id))[0]).toMatchObject({ state: 'failed' });
});

test('the late echo of an attempt disables nothing: its status was delivered by another', async () => {
  const id = await accepted(1);
  await store().record(anAttempt(id, delivered));
  await store().record(anAttempt(id, exhausted(callbackId)));
  expect(await find()).toMatchObject({ state: 'enabled' });
  expect(await mails()).toEqual([]);
});

test('tries that are found to be used up without an attempt disable as well', async () => {
  await configure({ notificationList: ['ops@example.com'] });
  const id = await accepted(1);
  await store().fail(id, 1, { kind: 'disable', callbackId, reason: 'All were used up.' });
  expect(await find()).toMatchObject({ state: 'disabled', disabled_reason: 'All were used up.' });
  expect(await mails()).toHaveLength(1);
  expect(await requests()).toHaveLength(1);
});

test('a warning goes out once an hour for the whole communication, and disables nothing', async () => {
  await configure({ notificationList: ['ops@example.com'] });
  const warns = { consequence: { kind: 'warn', callbackId, reason: 'It has failed 3 times.' } } as const;
  const ids = await Promise.all(Array.from({ length: 20 }, () => accepted(1)));
  await Promise.all(ids.map((id) => store().record(anAttempt(id, warns))));

  expect(await mails()).toMatchObject([{ kind: 'warning', address: 'ops@example.com' }]);
  expect(await requests()).toMatchObject([{ workflowType: 'warnCommunication' }]);
  expect(await find()).toMatchObject({ state: 'enabled', version: 2 });

  await timePasses("interval '59 minutes 50 seconds'");
  await store().record(anAttempt(await accepted(1), warns));
  expect(await mails()).toHaveLength(1);
  await timePasses("interval '10 seconds'");
  await store().record(anAttempt(await accepted(1), warns));
  expect(await mails()).toHaveLength(2);
});

/** For the warnings: what was decided lies so much further back. */
async function timePasses(interval: string): Promise<void> {
  await database.pool.query(`UPDATE callbacks SET warned_at = warned_at - ${interval}`);
  await database.pool.query(
    `UPDATE mails SET incident = incident - extract(epoch FROM ${interval})::integer`,
  );
  await database.pool.query('DELETE FROM workflow_requests');
}

test('a mail says what happened: the last answer, the tries made and what is held by then; once sent it is gone', async () => {
  await configure({ notificationList: ['ops@example.com'] });
  const id = await accepted(1);
  await store().record(anAttempt(id));
  await store().record(anAttempt(id, exhausted(callbackId, 'It was tried 2 times.')));
  await accepted(3);
  const [mail] = await mails();
  const store_ = createMailStore(database.pool);

  expect(await store_.unsent(callbackId, 'disabled', 3)).toEqual([mail?.id]);
  expect(await store_.unsent(callbackId, 'warning', 3)).toEqual([]);
  const open = await store_.load(mail?.id ?? '');
  expect(open).toMatchObject({
    address: 'ops@example.com',
    facts: {
      kind: 'disabled',
      serviceId,
      serviceName: 'Parking permits',
      event,
      url: 'https://example.com/callbacks',
      notificationId: id,
      sequence: 1,
      attemptsMade: 2,
      reason: 'It was tried 2 times.',
      held: 3,
      lastAttempt: {
        error: 'The receiver answered 500.',
        responseStatus: 500,
        responseBody: 'no \u0000 luck \u{1f600}',
        truncated: true,
      },
    },
  });
  expect(JSON.stringify(open)).not.toContain('person@example.com');

  await store_.sent(mail?.id ?? '');
  expect(await store_.load(mail?.id ?? '')).toBeNull();
  expect(await store_.unsent(callbackId, 'disabled', 3)).toEqual([]);
});

test('a request is forgotten once its workflow was started', async () => {
  await store().record(anAttempt(await accepted(1), exhausted(callbackId)));
  const [request] = await requests();
  if (!request) throw new Error('nothing was requested');
  await createWorkflowRequests(database.pool).done(request);
  expect(await requests()).toEqual([]);
});
