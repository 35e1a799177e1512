// Notifications that bring a URL and token of their own: a communication beside the service's, which is never disabled.
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createRedeliveries } from '../../src/db/redeliveries.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createAcceptEvents } from '../../src/use-cases/accept-events.ts';
import { anAttempt, exhausted } from '../support/attempts.ts';
import { aNewNotification, callbackSettings } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  aCommand,
  everyStatus,
  noHandover,
  noMetrics,
  operator,
  storeService,
} from '../support/db-fixture.ts';

const event = 'delivery_status' as const;
const url = 'https://example.com/own';
const policy = { attempts: 5, intervalSeconds: 300, timeoutSeconds: 120 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const deliveries = () => createDeliveryStore(database.pool);
const callbacks = () => createCallbackStore(database.pool);

async function register(serviceId: string): Promise<string> {
  const given = aNewNotification({ service_id: serviceId, callback_url: url });
  await createNotificationStore(database.pool).register({
    ...given,
    own: { sealedToken: Buffer.from('sealed'), policy },
  });
  return given.notification.id;
}

async function accept(notificationId: string, status = 'delivered'): Promise<void> {
  const statuses = createStatusStore(database.pool);
  const ports = { statuses, handover: noHandover, metrics: noMetrics, now: () => new Date() };
  await createAcceptEvents(ports)(operator, aCommand(notificationId, { status }));
}

test('their statuses go to it, though the service has no callback', async () => {
  const { serviceId } = await storeService(database.pool, null);
  const id = await register(serviceId);
  await accept(id);

  expect((await deliveries().load(id, 1))?.callback).toMatchObject({
    url,
    authType: 'bearer',
    sealedAuth: Buffer.from('sealed'),
    policy,
    isDisabled: false,
  });
  const history = await createStatusStore(database.pool).history(id);
  expect(history).toMatchObject([{ state: 'pending', url }]);
  expect(await callbacks().find(serviceId, event)).toBeNull();
});

test('they have the policy and filter that the service’s callback had when they were registered', async () => {
  const { serviceId, callbackId } = await storeService(database.pool);
  await register(serviceId);
  const settings = callbackSettings({
    policy: { ...policy, attempts: 2 },
    filter: { statuses: ['sending'] },
  });
  await callbacks().put(callbackId, serviceId, event, settings);
  const id = await register(serviceId);
  await accept(id, 'delivered');
  await accept(id, 'sending');

  const history = await createStatusStore(database.pool).history(id);
  expect(history.map(({ state }) => state)).toEqual(['skipped', 'pending']);
  expect((await deliveries().load(id, 2))?.callback?.policy.attempts).toBe(2);
});

test('one that fails for good fails alone: nothing is disabled, and nobody is mailed', async () => {
  const { serviceId } = await storeService(database.pool);
  const [first, second] = [await register(serviceId), await register(serviceId)];
  for (const id of [first, second]) {
    await accept(id);
    const callback = (await deliveries().load(id, 1))?.callback;
    if (id === first)
      await deliveries().record(anAttempt(id, exhausted(callback?.id ?? '', 'It was tried 5 times.')));
    else
      await deliveries().fail(id, 1, { kind: 'disable', callbackId: callback?.id ?? '', reason: 'Used up.' });
  }

  for (const id of [first, second])
    expect(await createStatusStore(database.pool).history(id)).toMatchObject([{ state: 'failed' }]);
  expect(await callbacks().find(serviceId, event)).toMatchObject({ state: 'enabled', version: 1 });
  expect((await database.pool.query('SELECT FROM mails')).rowCount).toBe(0);
  const third = await register(serviceId);
  await accept(third);
  expect((await deliveries().load(third, 1))?.callback?.isDisabled).toBe(false);
});

test('the service’s other events, and its other notifications, go where they went', async () => {
  const { serviceId, callbackId } = await storeService(database.pool, everyStatus);
  await register(serviceId);
  const other = aNewNotification({ service_id: serviceId });
  await createNotificationStore(database.pool).register(other);
  await accept(other.notification.id);
  expect((await deliveries().load(other.notification.id, 1))?.callback).toMatchObject({
    id: callbackId,
    url: 'https://example.com/callbacks',
  });
});

test('one that has failed can be sent to it again', async () => {
  const { serviceId } = await storeService(database.pool);
  const id = await register(serviceId);
  await accept(id);
  const job = await deliveries().load(id, 1);
  await deliveries().record(anAttempt(id, exhausted(job?.callback?.id ?? '', 'Used up.')));

  const answer = await createRedeliveries(database.pool).redeliver(id, job?.eventId ?? '');

  expect(answer).toEqual({ sequence: 1, was: 'failed', hasCallback: true });
  expect((await deliveries().load(id, 1))?.callback).toMatchObject({
    url,
    sealedAuth: Buffer.from('sealed'),
  });
});
