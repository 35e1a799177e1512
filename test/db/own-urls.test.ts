// Notifications that bring a URL and token of their own: a communication beside the service's, which is never disabled.
import { v7 as uuidv7 } from 'uuid';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createDispatchQueue } from '../../src/db/dispatch-queue.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createRedeliveries } from '../../src/db/redeliveries.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import type { DispatchEntry } from '../../src/ports/index.ts';
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

async function register(serviceId: string, callbackUrl = url): Promise<string> {
  const given = aNewNotification({ service_id: serviceId, callback_url: callbackUrl });
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

test('each origin is a receiver of its own, with limits and a speed of its own', async () => {
  const { serviceId, callbackId } = await storeService(database.pool);
  const receiverOf = async (id: string): Promise<string | undefined> => {
    await accept(id);
    return (await deliveries().load(id, 1))?.callback?.receiverId;
  };
  const [one, same, other] = [
    await receiverOf(await register(serviceId, 'https://one.example/a?b=c')),
    await receiverOf(await register(serviceId, 'https://ONE.example/d')),
    await receiverOf(await register(serviceId, 'https://one.example:8443/a')),
  ];
  expect(one).toBeDefined();
  expect(same).toBe(one);
  expect(other).not.toBe(one);
  expect([one, other]).not.toContain(callbackId);
  const plain = aNewNotification({ service_id: serviceId });
  await createNotificationStore(database.pool).register(plain);
  expect(await receiverOf(plain.notification.id)).toBe(callbackId);
});

test('the backlog of one origin leaves the others their turn in the queue', async () => {
  const { serviceId } = await storeService(database.pool);
  for (let count = 0; count < 12; count += 1)
    await accept(await register(serviceId, 'https://silent.example/'));
  const id = await register(serviceId, 'https://healthy.example/');
  await accept(id);

  const queue = createDispatchQueue(database.pool);
  const bounds = { limit: 1000, perReceiver: 10, except: [] };
  const claimed = (await queue.claim(uuidv7(), bounds)).filter((entry) => entry.serviceId === serviceId);
  expect(claimed).toHaveLength(11);
  const healthy = claimed.find(({ notificationId }) => notificationId === id);
  expect(healthy?.receiverId).toBe((await deliveries().load(id, 1))?.callback?.receiverId);
  await queue.finish(claimed);
});

test('what is accepted here is handed over with the same receiver, and left to any where that one is full', async () => {
  const { serviceId } = await storeService(database.pool);
  const [full, other] = [
    await register(serviceId, 'https://full.example/'),
    await register(serviceId, 'https://other.example/'),
  ];
  const taken: DispatchEntry[] = [];
  let fullReceiver = '';
  const owner = uuidv7();
  const handover = {
    ...noHandover,
    owner: () => owner,
    isFull: (receiverId: string) => receiverId === fullReceiver,
    take: (entries: readonly DispatchEntry[]) => void taken.push(...entries),
  };
  const statuses = createStatusStore(database.pool);
  const acceptHere = createAcceptEvents({ statuses, handover, metrics: noMetrics, now: () => new Date() });
  await acceptHere(operator, aCommand(full));
  fullReceiver = (await deliveries().load(full, 1))?.callback?.receiverId ?? '';
  await acceptHere(operator, aCommand(full));
  await acceptHere(operator, aCommand(other));

  expect(taken.map(({ notificationId, sequence }) => [notificationId, sequence])).toEqual([
    [full, 1],
    [other, 1],
  ]);
  expect(taken[0]?.receiverId).toBe(fullReceiver);
  expect(taken[1]?.receiverId).toBe((await deliveries().load(other, 1))?.callback?.receiverId);
});

test('registrations, attempts and failures wait for no lock on the row that all of them share', async () => {
  const { serviceId } = await storeService(database.pool);
  const first = await register(serviceId);
  await accept(first);
  const callback = (await deliveries().load(first, 1))?.callback;
  const locking = await database.pool.connect();
  try {
    await locking.query('BEGIN');
    await locking.query('SELECT FROM callbacks WHERE id = $1 FOR UPDATE', [callback?.id]);
    const second = await register(serviceId);
    await accept(second);
    await deliveries().record(anAttempt(first));
    await deliveries().record(anAttempt(second, exhausted(callback?.id ?? '', 'It was tried 5 times.')));
    expect(await createStatusStore(database.pool).history(second)).toMatchObject([{ state: 'failed' }]);
  } finally {
    await locking.query('ROLLBACK');
    locking.release();
  }
});
