// Messages that come in, as PostgreSQL keeps them.
import { v7 as uuidv7 } from 'uuid';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createDispatchQueue } from '../../src/db/dispatch-queue.ts';
import { createInboundStore } from '../../src/db/inbound-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createServiceStore } from '../../src/db/service-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { createAcceptInbound } from '../../src/use-cases/accept-inbound.ts';
import { callbackSettings } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { noHandover, noMetrics, operator, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  ({ serviceId } = await storeService(database.pool, null));
  await createCallbackStore(database.pool).put(uuidv7(), serviceId, 'inbound_sms', callbackSettings());
});
afterAll(() => database.drop());

const store = () => createInboundStore(database.pool);

function accept(changes: { source_number?: string; message?: string; event_id?: string } = {}) {
  const { pool } = database;
  const acceptInbound = createAcceptInbound({
    statuses: createStatusStore(pool),
    handover: noHandover,
    metrics: noMetrics,
    now: () => new Date(),
    services: createServiceStore(pool),
    inbound: store(),
  });
  const body = { source_number: '07700900456', destination_number: '07700900789', message: 'Hello' };
  return acceptInbound(operator, serviceId, { ...body, ...changes });
}

test('twenty messages of a new number that come together have the sequences 1 to 20', async () => {
  const accepted = await Promise.all(Array.from({ length: 20 }, () => accept()));
  const sequences = accepted.map(({ sequence }) => sequence).sort((a, b) => a - b);
  expect(sequences).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test('a message is queued once and comes out as it was accepted', async () => {
  const { id, sequence } = await accept({ message: 'Zoë 😀\u2028\u0001' });
  const again = await accept({ message: 'Zoë 😀\u2028\u0001', event_id: id });
  expect(again).toEqual({ id, sequence, duplicate: true });

  const message = await store().find(id);
  expect(message).toMatchObject({
    serviceId,
    sequence: 1,
    sourceNumber: '447700900456',
    destinationNumber: '07700900789',
    message: 'Zoë 😀\u2028\u0001',
  });
  const job = await createDeliveryStore(database.pool).load(message?.notificationId ?? '', 1);
  expect(job).toMatchObject({
    eventId: id,
    event: 'inbound_sms',
    inbound: { message: 'Zoë 😀\u2028\u0001' },
  });
  const owner = uuidv7();
  await createDispatchQueue(database.pool).beat(owner, 5);
  const entries = await createDispatchQueue(database.pool).claim(owner, {
    limit: 100,
    perReceiver: 100,
    except: [],
  });
  expect(entries.filter((entry) => entry.serviceId === serviceId)).toMatchObject([
    { event: 'inbound_sms', eventId: id },
  ]);
});

test('what stands for a number is neither found nor listed as a notification', async () => {
  await accept();
  const notifications = createNotificationStore(database.pool);
  const conversation = await store().conversation(serviceId, '447700900456');
  expect(await notifications.find(conversation)).toBeNull();
  expect(await notifications.list({ limit: 10, service_id: serviceId })).toEqual({
    items: [],
    nextCursor: null,
  });
});
