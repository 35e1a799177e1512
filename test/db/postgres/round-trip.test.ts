// What goes into PostgreSQL comes out byte for byte: the customer's callback is built from what comes out.
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { createDeliveryStore } from '../../../src/db/delivery/delivery-store.ts';
import { createNotificationStore } from '../../../src/db/notifications/notification-store.ts';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import { planAcceptance } from '../../../src/domain/acceptance/acceptance.ts';
import { govukNotify } from '../../../src/profiles/govuk-notify.ts';
import { aNewNotification } from '../../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { aCommand, storeNotification, storeService } from '../../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ serviceId } = await storeService(database.pool));
});
afterAll(() => database.drop());

// Everything the API lets through: any character but U+0000, and what PostgreSQL's array syntax gives a meaning to.
const text = fc
  .oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }) },
    fc.constantFrom(
      'NULL',
      'null',
      '{}',
      '{a,b}',
      '"',
      '\\',
      '\\"',
      "'",
      ',',
      ' ',
      '\n\t\r',
      '\u0001\u001f',
      '😀',
    ),
  )
  .filter((value) => !value.includes('\u0000'));

const instant = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    }),
    fc.integer({ min: 0, max: 999_999 }),
  )
  .map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`);

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const runs = { numRuns: 150 };

test('a notification', async () => {
  const store = createNotificationStore(database.pool);
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        reference: orNull(text),
        to: text,
        template_name: orNull(text),
        provider_reference: orNull(text),
        created_at: instant,
        sent_at: orNull(instant),
        template_version: orNull(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
      }),
      async (changes) => {
        const given = aNewNotification({ service_id: serviceId, ...changes });
        await store.register(given);
        expect(await store.find(given.notification.id)).toEqual(given.notification);
      },
    ),
    runs,
  );
});

test('statuses accepted in one group, with what their callbacks are made of', async () => {
  const statuses = createStatusStore(database.pool);
  const deliveries = createDeliveryStore(database.pool);
  const status = fc.record({
    status: fc.constantFrom('sending', 'sent', 'delivered'),
    occurredAt: instant,
    completedAt: orNull(instant),
    sentAt: orNull(instant),
    statusDescription: orNull(text),
    providerResponse: orNull(text),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(status, { minLength: 1, maxLength: 4 }), async (changes) => {
      const given = aNewNotification({ service_id: serviceId });
      const { id } = given.notification;
      await createNotificationStore(database.pool).register(given);
      const commands = changes.map((change) => aCommand(id, { ...change, eventId: uuidv7() }));
      const [snapshot] = await statuses.loadForAcceptance(commands);
      if (!snapshot) throw new Error('the notification is not there');
      const { plan } = planAcceptance(snapshot, commands, govukNotify.callbackRule);
      if (!plan) throw new Error('there was nothing to plan');
      await statuses.commit([plan], null);

      for (const planned of plan.statuses) {
        const job = await deliveries.load(id, planned.sequence);
        expect(job).toMatchObject({ eventId: planned.eventId, acceptedAt: planned.acceptedAt });
        expect(job?.facts).toMatchObject({
          status: planned.status,
          completedAt: planned.completedAt,
          sentAt: planned.sentAt,
          statusDescription: planned.statusDescription,
          providerResponse: planned.providerResponse,
        });
      }
    }),
    runs,
  );
});

test('the answers of receivers, one alone and several at the same moment', async () => {
  const deliveries = createDeliveryStore(database.pool);
  const id = await storeNotification(database.pool, serviceId);
  const answer = fc.record({
    url: text,
    error: orNull(text),
    startedAt: instant,
    response: orNull(
      fc.record({
        status: fc.integer({ min: 100, max: 599 }),
        headers: fc.dictionary(text, text),
        body: fc.uint8Array({ maxLength: 300 }),
        truncated: fc.boolean(),
      }),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (answers) => {
      await database.pool.query('DELETE FROM attempts WHERE notification_id = $1', [id]);
      await Promise.all(
        answers.map(({ url, error, startedAt, response }, place) =>
          deliveries.record({
            notificationId: id,
            sequence: place + 1,
            url,
            outcome: 'http_status',
            error,
            exchange: { startedAt, durationMs: 1, failure: null, response },
            state: 'retrying',
            nextAttemptInSeconds: 1,
            consequence: null,
          }),
        ),
      );
      const { rows } = await database.pool.query(
        `SELECT url, error, started_at, response_status, response_headers, response_body, response_truncated
         FROM attempts WHERE notification_id = $1 ORDER BY sequence`,
        [id],
      );
      expect(rows).toEqual(
        answers.map(({ url, error, startedAt, response }) => ({
          url,
          error,
          started_at: startedAt,
          response_status: response?.status ?? null,
          response_headers: response?.headers ?? null,
          response_body: response && Buffer.from(response.body),
          response_truncated: response?.truncated ?? false,
        })),
      );
    }),
    runs,
  );
});
