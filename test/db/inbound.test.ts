// Messages that come in, as PostgreSQL keeps them.
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createDispatchQueue } from '../../src/db/dispatch-queue.ts';
import { createInboundStore } from '../../src/db/inbound-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createServiceStore } from '../../src/db/service-store.ts';
import { createStatusStore } from '../../src/db/status-store.ts';
import { AppError } from '../../src/domain/errors.ts';
import { createAcceptInbound, type AcceptInboundUseCase } from '../../src/use-cases/accept-inbound.ts';
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

type Changes = { source_number?: string; message?: string; event_id?: string };

function accept(
  changes: Changes = {},
  { pool, service = serviceId }: { pool?: Pool; service?: string } = {},
) {
  return acceptorOf(pool ?? database.pool)(operator, service, {
    ...{ source_number: '07700900456', destination_number: '07700900789', message: 'Hello' },
    ...changes,
  });
}

/** As one process has it. */
function acceptorOf(pool: Pool): AcceptInboundUseCase {
  return createAcceptInbound({
    statuses: createStatusStore(pool),
    handover: noHandover,
    metrics: noMetrics,
    now: () => new Date(),
    services: createServiceStore(pool),
    inbound: createInboundStore(pool),
  });
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
  const conversation = await store().conversation({ serviceId, keyType: 'live' }, '447700900456');
  expect(await notifications.find(conversation)).toBeNull();
  expect(await notifications.list({ limit: 10, service_id: serviceId })).toEqual({
    items: [],
    nextCursor: null,
  });
});

const rounds = 30;
const codeOf = (cause: unknown): unknown => (cause instanceof AppError ? cause.code : cause);

/** The same event id through two processes at the same moment, in each round from a number that is new. */
async function race(
  other: (n: number) => Changes,
  otherService?: string,
): Promise<{ eventId: string; outcomes: unknown[] }[]> {
  const pools = [database.otherPool(2), database.otherPool(2)] as const;
  await Promise.all(pools.map((pool) => pool.query('SELECT 1')));
  const results = [];
  for (let n = 0; n < rounds; n += 1) {
    const eventId = uuidv7();
    const first = { source_number: `0770090${1000 + n}`, event_id: eventId };
    const settled = await Promise.allSettled([
      accept(first, { pool: pools[0] }),
      accept({ ...first, ...other(n) }, { pool: pools[1], ...(otherService && { service: otherService }) }),
    ]);
    const outcomes = settled.map((one) => (one.status === 'fulfilled' ? one.value : codeOf(one.reason)));
    results.push({ eventId, outcomes });
  }
  return results;
}

test('a message posted twice at the same moment through two processes is one that both callers find', async () => {
  for (const { eventId, outcomes } of await race(() => ({}))) {
    expect(outcomes).toEqual(
      expect.arrayContaining([
        { id: eventId, sequence: 1, duplicate: false },
        { id: eventId, sequence: 1, duplicate: true },
      ]),
    );
    expect(await store().find(eventId)).toMatchObject({ id: eventId, serviceId, sequence: 1 });
  }
  expect(await store().list({ serviceId, keyTypes: ['live'] }, { limit: 100, olderThan: null })).toHaveLength(
    rounds,
  );
});

const conflicting: [string, (n: number) => Changes][] = [
  ['other words', () => ({ message: 'Other words' })],
  ['another number', (n) => ({ source_number: `0770091${1000 + n}` })],
];

test.each(conflicting)(
  'of two messages with one event id and %s, one is accepted and the other a conflict',
  async (_what, other) => {
    for (const { eventId, outcomes } of await race(other)) {
      expect(outcomes).toEqual(
        expect.arrayContaining(['CONFLICT', { id: eventId, sequence: 1, duplicate: false }]),
      );
      const isFirst = outcomes[1] === 'CONFLICT';
      const message = await store().find(eventId);
      expect(message?.sourceNumber.startsWith('44770090') && message.message === 'Hello').toBe(isFirst);
    }
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*) FROM statuses JOIN notifications n ON n.id = notification_id WHERE n.service_id = $1`,
      [serviceId],
    );
    expect(rows).toEqual([{ count: rounds }]);
  },
);

test('of two services that use one event id at the same moment, one has the message and the other a conflict', async () => {
  const { serviceId: otherService } = await storeService(database.pool, null);
  for (const { eventId, outcomes } of await race(() => ({}), otherService)) {
    expect(outcomes).toEqual(
      expect.arrayContaining(['CONFLICT', { id: eventId, sequence: 1, duplicate: false }]),
    );
    const owner = outcomes[1] === 'CONFLICT' ? serviceId : otherService;
    expect(await store().find(eventId)).toMatchObject({ serviceId: owner });
  }
});
