import { createAcceptor } from '../../../src/use-cases/acceptance/accept-events.ts';
import { v7 as uuidv7 } from 'uuid';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import {
  planAcceptance,
  type AcceptancePlan,
  type StatusCommand,
} from '../../../src/domain/acceptance/acceptance.ts';
import { govukNotify } from '../../../src/profiles/govuk-notify.ts';
import { createAcceptStatus } from '../../../src/use-cases/acceptance/accept-status.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  aCommand,
  everyStatus,
  noDispatchSink,
  noMetrics,
  operator,
  storeNotification,
  storeService,
} from '../../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
let callbackId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ serviceId, callbackId } = await storeService(database.pool));
});
afterAll(() => database.drop());

const store = () => createStatusStore(database.pool);

/** Plans from one snapshot, as acceptance does; the notifications are those of the commands. */
async function planFor(...commands: StatusCommand[]): Promise<AcceptancePlan[]> {
  const snapshots = await store().loadForAcceptance(commands);
  return snapshots.flatMap((snapshot) => {
    const own = commands.filter(({ notificationId }) => notificationId === snapshot.notificationId);
    return planAcceptance(snapshot, own, govukNotify.callbackRule).plan ?? [];
  });
}

const rowsOf = async (notificationId: string) =>
  (
    await database.pool.query<Record<string, unknown>>(
      `SELECT st.*, d.sequence IS NOT NULL AS queued, d.owner FROM statuses st
       LEFT JOIN dispatch_entries d USING (notification_id, sequence)
       WHERE st.notification_id = $1 ORDER BY sequence`,
      [notificationId],
    )
  ).rows;

test('gives the sequences 1, 2, 3 over one group and the next, and queues each under its owner', async () => {
  const id = await storeNotification(database.pool, serviceId);
  const owner = uuidv7();

  await store().commit(await planFor(aCommand(id), aCommand(id, { status: 'sent' })), owner);
  await store().commit(await planFor(aCommand(id, { status: 'delivered' })), null);

  expect(await rowsOf(id)).toMatchObject([
    { sequence: 1, status: 'sending', state: 'pending', callback_id: callbackId, queued: true, owner },
    { sequence: 2, status: 'sent', state: 'pending', queued: true, owner },
    { sequence: 3, status: 'delivered', state: 'pending', queued: true, owner: null },
  ]);
});

test('moves the notification along with its statuses', async () => {
  const id = await storeNotification(database.pool, serviceId);
  const sentAt = '2026-06-15T11:30:00.000001Z';
  const completedAt = '2026-06-15T11:31:00.000002Z';

  await store().commit(
    await planFor(aCommand(id, { sentAt }), aCommand(id, { status: 'delivered', completedAt })),
    null,
  );

  const { rows } = await database.pool.query('SELECT * FROM notifications WHERE id = $1', [id]);
  expect(rows).toMatchObject([
    {
      status: 'delivered',
      last_sequence: 2,
      final_sequence: 2,
      sent_at: sentAt,
      completed_at: completedAt,
    },
  ]);
});

test('refuses a plan whose notification has moved on, and writes nothing of it', async () => {
  const id = await storeNotification(database.pool, serviceId);
  const [stale, fresh] = [await planFor(aCommand(id), aCommand(id)), await planFor(aCommand(id))];

  expect(await store().commit(fresh, null)).toEqual(new Set([id]));
  expect(await store().commit(stale, null)).toEqual(new Set());

  expect(await rowsOf(id)).toHaveLength(1);
});

test('takes the other plans of a group whole when one of them is stale', async () => {
  const [moved, still] = [
    await storeNotification(database.pool, serviceId),
    await storeNotification(database.pool, serviceId),
  ];
  const plans = await planFor(aCommand(moved), aCommand(still), aCommand(still));
  await store().commit(await planFor(aCommand(moved, { status: 'sent' })), null);

  expect(await store().commit(plans, null)).toEqual(new Set([still]));

  expect(await rowsOf(moved)).toMatchObject([{ sequence: 1, status: 'sent' }]);
  expect(await rowsOf(still)).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
});

test('a snapshot knows the sequences of the event ids that were accepted before, and of no others', async () => {
  const id = await storeNotification(database.pool, serviceId);
  const [first, second] = [aCommand(id), aCommand(id)];
  await store().commit(await planFor(first, second), null);

  const [snapshot] = await store().loadForAcceptance([second, aCommand(id)]);

  expect(snapshot?.lastSequence).toBe(2);
  expect([...(snapshot?.knownEvents ?? [])]).toEqual([[second.eventId, 2]]);
});

test('the database itself refuses an event id a second time', async () => {
  const id = await storeNotification(database.pool, serviceId);
  const command = aCommand(id);
  const [plan] = await planFor(command);
  if (!plan) throw new Error('there was nothing to plan');
  await store().commit([plan], null);
  const again = {
    ...plan,
    fromSequence: 1,
    toSequence: 2,
    statuses: plan.statuses.map((status) => ({ ...status, sequence: 2 })),
  };

  await expect(store().commit([again], null)).rejects.toThrow('statuses_event_once');

  expect(await rowsOf(id)).toHaveLength(1);
});

test('groups that name the same notifications in opposite orders never wait for each other in a circle', async () => {
  const ids = await Promise.all(
    Array.from({ length: 40 }, () => storeNotification(database.pool, serviceId)),
  );
  const rivals = [ids, ids.toReversed()];
  for (let round = 0; round < 15; round += 1) {
    const plans = await planFor(...ids.map((id) => aCommand(id)));
    const inOrder = rivals.map((order) =>
      order.flatMap((id) => plans.filter(({ notificationId }) => notificationId === id)),
    );
    const committed = await Promise.all(
      inOrder.map((own, place) =>
        store().commit(
          own.map((plan) => ({
            ...plan,
            statuses: plan.statuses.map((status) => ({
              ...status,
              eventId: place ? uuidv7() : status.eventId,
            })),
          })),
          null,
        ),
      ),
    );
    expect(committed.map(({ size }) => size).reduce((sum, size) => sum + size)).toBe(ids.length);
  }
});

test('two processes that accept at once leave no gap, no repeat, and each event id once', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, () => storeNotification(database.pool, serviceId)));
  const processes = [1, 2].map(() =>
    createAcceptStatus(
      createAcceptor({
        statuses: createStatusStore(database.otherPool()),
        dispatchSink: noDispatchSink,
        metrics: noMetrics,
        now: () => new Date(),
      }),
    ),
  );
  const events = ids.flatMap((id) => Array.from({ length: 10 }, () => ({ id, eventId: uuidv7() })));

  const answers = await Promise.all(
    processes.flatMap((accept) =>
      events.map(async ({ id, eventId }) => ({
        eventId,
        ...(await accept(operator, id, { status: 'sending', event_id: eventId })),
      })),
    ),
  );

  for (const id of ids) {
    const rows = await rowsOf(id);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const own = answers.filter(({ notification_id }) => notification_id === id);
    // Both processes were asked about every event: both name the same sequence, and one of them took it.
    for (const { event_id: eventId, sequence } of rows) {
      const twice = own.filter((answer) => answer.eventId === eventId);
      expect(twice.map((answer) => answer.sequence)).toEqual([sequence, sequence]);
      expect(twice.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    }
  }
});

test('keeps why a status becomes no callback, and queues it nowhere', async () => {
  const only = await storeService(database.pool, { ...everyStatus, notification_types: ['sms'] });
  const none = await storeService(database.pool, null);
  const byProfile = await storeService(database.pool, {});
  const email = await storeNotification(database.pool, only.serviceId);
  const silent = await storeNotification(database.pool, none.serviceId);
  const finals = await storeNotification(database.pool, byProfile.serviceId);

  for (const id of [email, silent]) await store().commit(await planFor(aCommand(id)), null);
  for (const status of ['sending', 'delivered', 'permanent-failure'])
    await store().commit(await planFor(aCommand(finals, { status })), null);

  const reasons = (await Promise.all([email, silent, finals].map(rowsOf)))
    .flat()
    .map(({ state, state_reason, queued }) => [state, queued, state_reason]);
  expect(reasons).toEqual([
    ['skipped', false, "The callback's filter leaves out notifications of type email."],
    ['skipped', false, 'The service has no callback for delivery_status.'],
    ['skipped', false, 'govuk-notify sends no callback for sending.'],
    ['pending', true, null],
    ['skipped', false, 'govuk-notify sends the first final status only, which was number 2.'],
  ]);
});

test('a removed callback is none', async () => {
  const { serviceId: own } = await storeService(database.pool);
  const id = await storeNotification(database.pool, own);
  await database.pool.query('UPDATE callbacks SET removed_at = now() WHERE service_id = $1', [own]);

  const [snapshot] = await store().loadForAcceptance([aCommand(id)]);

  expect(snapshot?.callbacks).toEqual({});
});
