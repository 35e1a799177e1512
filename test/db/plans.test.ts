// What is asked of the database for every status goes by its indexes, whatever the tables held when it was planned.
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createDispatchQueue } from '../../src/db/dispatch-queue.ts';
import { createReceiptStore } from '../../src/db/receipt-store.ts';
import { anAttempt, delivered, withStatuses } from '../support/attempts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeNotification, storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  // One session, whose plans can be asked for.
  pool = database.otherPool(1);
  const { serviceId } = await storeService(pool);
  const deliveries = createDeliveryStore(pool);
  for (let round = 0; round < 10; round += 1) {
    const id = await withStatuses(pool, serviceId, 2);
    await deliveries.load(id, 1);
    await deliveries.record(anAttempt(id));
    await Promise.all([1, 2].map((sequence) => deliveries.record(anAttempt(id, { sequence, ...delivered }))));
    await createDispatchQueue(pool).finish([dispatched(id)]);
  }
});
afterAll(() => database.drop());

const dispatched = (notificationId: string) => ({
  notificationId,
  sequence: 1,
  status: 'sending',
  eventId: uuidv7(),
  event: 'delivery_status' as const,
  serviceId: uuidv7(),
  profile: 'govuk-notify',
  callbackId: uuidv7(),
  receiverId: uuidv7(),
  maxInFlight: 16,
  round: 0,
});

const statements: [name: string, parameters: number][] = [
  ['load-for-acceptance', 2],
  ['commit-acceptance', 28],
  ['load-deliveries', 2],
  ['record-attempt', 13],
  ['record-attempts', 13],
  ['finish-dispatch-entries', 3],
];
const large = ['notifications', 'statuses', 'attempts', 'dispatch_entries'];

test.each(statements)('%s is planned a few times and no more', async (name) => {
  const { rows } = await pool.query<{ custom: number; generic: number }>(
    'SELECT custom_plans AS custom, generic_plans AS generic FROM pg_prepared_statements WHERE name = $1',
    [name],
  );
  expect(rows).toEqual([{ custom: 5, generic: expect.any(Number) as number }]);
  expect(rows[0]?.generic).toBeGreaterThanOrEqual(5);
});

test.each(statements)('%s reads none of the large tables whole', async (name, parameters) => {
  await pool.query(`ANALYZE ${large.join(', ')}`);
  await pool.query('SET plan_cache_mode = force_generic_plan');
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN EXECUTE "${name}" (${Array.from({ length: parameters }, () => 'NULL').join(', ')})`,
  );
  const scans = rows.flatMap((row) => / on (\w+)/.exec(row['QUERY PLAN'])?.[0] ?? []);
  const whole = rows.map((row) => row['QUERY PLAN']).filter((line) => /Seq Scan on/.test(line));
  expect(scans.some((scan) => large.some((table) => scan === ` on ${table}`))).toBe(true);
  expect(whole.filter((line) => large.some((table) => line.includes(` on ${table} `)))).toEqual([]);
});

test('a receipt finds its message in a few pages, behind thousands of services and a reference used ten thousand times', async () => {
  const { serviceId } = await storeService(pool, null);
  const { serviceId: strangerId } = await storeService(pool, null);
  await pool.query(
    `INSERT INTO notifications (id, service_id, recipient, notification_type, status, created_at, request_digest,
       provider_reference)
     SELECT gen_random_uuid(), service_id, 'x', 'sms', 'created', now(), '', 'ref-1'
     FROM generate_series(1, 10000), unnest($1::uuid[]) AS service_id`,
    [[serviceId, strangerId]],
  );
  const id = await storeNotification(pool, serviceId, { provider_reference: 'ref-1' });
  const services = [serviceId, ...Array.from({ length: 3000 }, () => uuidv7())];
  await pool.query('ANALYZE notifications, destinations, services');
  const store = createReceiptStore(pool);
  const byReference = { provider: 'twilio', namesBy: 'reference', reference: 'ref-1' } as const;
  const byId = { provider: 'mmg', namesBy: 'id', reference: id } as const;
  for (const name of [byReference, byId])
    expect(await store.find(name, services)).toMatchObject([{ notificationId: id }]);

  for (const mode of ['force_generic_plan', 'force_custom_plan']) {
    await pool.query(`SET plan_cache_mode = ${mode}`);
    const ids = `'{${services.join()}}'`;
    for (const execute of [
      `EXECUTE "find-message-by-reference" ('ref-1', 'twilio', ${ids})`,
      `EXECUTE "find-message-by-id" ('${id}', 'mmg', ${ids})`,
    ]) {
      const { rows } = await pool.query<{
        'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }];
      }>(`EXPLAIN (ANALYZE, BUFFERS, TIMING false, FORMAT JSON) ${execute}`);
      const plan = rows[0]?.['QUERY PLAN'][0].Plan;
      const pages = (plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? 0);
      expect([mode, execute.slice(0, 40), pages < 60 ? 'few pages' : pages]).toEqual([
        ...[mode, execute.slice(0, 40), 'few pages'],
      ]);
    }
  }
});
