// Who waits for a final status: an entry a notification, which goes when one is accepted.
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createWorkflowRequests } from '../../src/db/workflow-requests.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { aNewNotification } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noHandover, noMetrics, operator, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ serviceId } = await storeService(database.pool));
});
beforeEach(() => database.pool.query('DELETE FROM workflow_requests'));
afterAll(() => database.drop());

async function register(timesOut = true): Promise<string> {
  const given = aNewNotification({ service_id: serviceId });
  await createNotificationStore(database.pool).register({ ...given, timesOut });
  return given.notification.id;
}

const waiting = async () =>
  (await database.pool.query<{ workflow_id: string }>('SELECT workflow_id FROM workflow_requests')).rows.map(
    ({ workflow_id: id }) => id,
  );

function accept(id: string, status: string) {
  const statuses = createStatusStore(database.pool);
  const ports = { statuses, handover: noHandover, metrics: noMetrics, now: () => new Date() };
  return createAcceptStatus(ports)(operator, id, { status });
}

test('a registered notification waits, until its first final status, and one that is registered again waits once', async () => {
  const given = aNewNotification({ service_id: serviceId });
  const { id } = given.notification;
  const store = createNotificationStore(database.pool);
  await store.register({ ...given, timesOut: true });
  await store.register({ ...given, timesOut: true });
  expect(await waiting()).toEqual([`timeout/${id}`]);

  await accept(id, 'sending');
  expect(await waiting()).toEqual([`timeout/${id}`]);
  await accept(id, 'delivered');
  expect(await waiting()).toEqual([]);
});

test('what does not time out does not wait', async () => {
  await register(false);
  expect(await waiting()).toEqual([]);
});

test('it is handed to Temporal an hour later, to be woken 72 hours after its registration', async () => {
  const id = await register();
  const requests = createWorkflowRequests(database.pool);
  expect(await requests.claim(10, 0)).toEqual([]);

  const { rows } = await database.pool.query<{ hours: number }>(
    `SELECT extract(epoch FROM delay_until - now()) / 3600 AS hours FROM workflow_requests`,
  );
  expect(Number(rows[0]?.hours)).toBeCloseTo(72, 1);
  await database.pool.query(`UPDATE workflow_requests SET not_before = not_before - interval '1 hour'`);
  expect(await requests.claim(10, 0)).toMatchObject([
    {
      workflowId: `timeout/${id}`,
      workflowType: 'timeOutNotification',
      argument: { notificationId: id },
      serviceId,
      communicationId: null,
      delayUntil: expect.any(String) as string,
    },
  ]);
});
