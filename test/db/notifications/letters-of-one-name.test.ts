// What letters are called is their service's choice: a name that very many share costs its own service a refusal, and no other
// anything.
import type { Pool } from 'pg';
import { createLetterReportStore } from '../../../src/db/notifications/letter-report-store.ts';
import { createNotificationStore } from '../../../src/db/notifications/notification-store.ts';
import { reportReturnedLetters } from '../../../src/use-cases/letters/report-returned-letters.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { storeNotification, storeService } from '../../support/db-fixture.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  // One session, whose plans can be asked for.
  pool = database.otherPool(1);
});
afterAll(() => database.drop());

const store = (serviceId: string, reference: string, count: number) =>
  pool.query(
    `INSERT INTO notifications (id, service_id, recipient, notification_type, status, created_at, request_digest, reference)
     SELECT gen_random_uuid(), $1, 'x', 'letter', 'created', now(), '', $2 FROM generate_series(1, $3)`,
    [serviceId, reference, count],
  );

const report = (serviceId: string, references: string[]) =>
  reportReturnedLetters(
    { notifications: createNotificationStore(pool), letterReports: createLetterReportStore(pool) },
    {
      ...{ kind: 'service', serviceId, profile: 'govuk-notify', keyId: 'k' },
      ...{ keyType: 'live', rateLimitPerSecond: null },
    },
    { references },
  );

test('a name of more letters than can be reported at a time is refused, and how many there are is not counted', async () => {
  const { serviceId } = await storeService(pool, null);
  await store(serviceId, 'spring', 100_001);
  await expect(report(serviceId, ['spring', 'summer'])).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: [{ path: 'references', message: 'name more than 100000 letters: report fewer at a time' }],
  });
  const { rows } = await pool.query<{ count: number }>('SELECT count(*) FROM returned_letter_reports');
  expect(rows[0]?.count).toBe(0);
}, 60_000);

test('a name that another service has given to thousands of letters is found among its own in a few pages', async () => {
  const { serviceId: strangerId } = await storeService(pool, null);
  const { serviceId } = await storeService(pool, null);
  await store(strangerId, 'autumn', 20_000);
  await storeNotification(pool, serviceId, { notification_type: 'letter', reference: 'autumn' });
  await pool.query('ANALYZE notifications');
  expect((await report(serviceId, ['autumn'])).answer).toEqual({ matched: 1, unmatched: [] });

  for (const mode of ['force_generic_plan', 'force_custom_plan']) {
    await pool.query(`SET plan_cache_mode = ${mode}`);
    const { rows } = await pool.query<{
      'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }];
    }>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING false, FORMAT JSON) EXECUTE "find-own-letters" ('{autumn}', 10, '${serviceId}', '{live,team}')`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    const pages = (plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? 0);
    expect([mode, pages < 60 ? 'few pages' : pages]).toEqual([mode, 'few pages']);
  }
}, 60_000);
