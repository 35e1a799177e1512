// Receipts that came before their messages: none of them holds up another.
import { v7 as uuidv7 } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createReceiptStage } from '../support/receipt-stage.ts';

let database: TestDatabase;
let stage: ReturnType<typeof createReceiptStage>;
beforeEach(async () => {
  database = await createTestDatabase();
  stage = createReceiptStage(database.pool);
});
afterEach(() => database.drop());

/** Rows as no reader writes them, older than all others. */
async function keepUnreadable(provider: string, serviceId: string, receipt: unknown, count = 1) {
  const ids = Array.from({ length: count }, () => uuidv7());
  await database.pool.query(
    `INSERT INTO early_receipts (id, provider, service_ids, event_id, receipt, received_at, next_look_at)
     SELECT id, $2, $3, gen_random_uuid(), $4, now() - interval '1 hour', now() - interval '1 hour'
     FROM unnest($1::uuid[]) AS id`,
    [ids, provider, [serviceId], JSON.stringify(receipt)],
  );
  return ids;
}

test('a hundred that cannot be processed keep none of the others from being matched', async () => {
  const service = await stage.aTenant('telstra', 'of-the-platform');
  const poisoned = await stage.aMessage(service, { provider_reference: 'poisoned' });
  const impossible = {
    reference: 'poisoned',
    status: 'delivered',
    occurredAt: '0000-01-01T00:00:00.000000Z',
  };
  const bad = [
    ...(await keepUnreadable('a-provider-of-another-version', service, impossible)),
    ...(await keepUnreadable('telstra', service, null, 99)),
    ...(await keepUnreadable('telstra', service, impossible, 10)),
  ];
  await stage.telstra('of-the-platform', 'ref-1');
  const id = await stage.aMessage(service, { provider_reference: 'ref-1' });
  const seen = await stage.look();

  expect([await stage.statusOf(id), await stage.statusOf(poisoned)]).toEqual(['delivered', 'created']);
  expect([seen.matched, seen.dropped]).toEqual([1, []]);
  expect(new Set(seen.failed.map((one) => one.id))).toEqual(new Set(bad));
  expect(await stage.kept()).toBe(bad.length);
});

test('one that cannot be processed is retried ever more seldom, and dropped after a day', async () => {
  const service = await stage.aTenant('telstra', 'of-the-platform');
  await keepUnreadable('telstra', service, null);
  const steps = [2, 4, 8, 15, 30, 60, 120, 240, 480, 960, 1920, 3600];
  const waits = new Set<number | undefined>();
  for (let look = 1; look <= 45; look += 1) {
    await stage.look();
    const { rows } = await database.pool.query<{ wait: number }>(
      'SELECT extract(epoch FROM next_look_at - now())::float AS wait FROM early_receipts',
    );
    // What is left of a step by the time it is asked for belongs to that step.
    waits.add(steps.find((step) => step >= (rows[0]?.wait ?? Infinity)));
  }
  expect([...waits]).toEqual(steps);

  const seen = await stage.look(new Date(Date.now() + 24 * 3_600_000));
  expect(seen.dropped).toMatchObject([{ provider: 'telstra' }]);
  expect(await stage.kept()).toBe(0);
});

test('the receipts of one request are taken whatever becomes of one of them', async () => {
  const service = await stage.aTenant('ses', null);
  const ids = await Promise.all(
    ['mail-0', 'mail-1', 'mail-2'].map((reference) =>
      stage.aMessage(service, { provider_reference: reference, notification_type: 'email' }),
    ),
  );
  // A profile that this version does not know is a fault of ours.
  const broken = await stage.aTenant('ses', null);
  await database.pool.query("UPDATE services SET profile = 'of-another-version' WHERE id = $1", [broken]);
  await database.pool.query('UPDATE notifications SET service_id = $2 WHERE id = $1', [ids[1], broken]);
  const Messages = ['mail-0', 'mail-1', 'mail-2'].map((messageId) => ({
    notificationType: 'Delivery',
    mail: { messageId },
    delivery: { timestamp: '2026-06-15T11:30:00.000Z' },
  }));
  await expect(stage.send('ses', null, { Type: 'Notification', MessageId: 'm', Messages })).rejects.toThrow();

  expect(await Promise.all(ids.map(stage.statusOf))).toEqual(['delivered', 'created', 'delivered']);
});

test('one that gives no time is of the moment it arrived, not of that of its match', async () => {
  const service = await stage.aTenant('telstra', 'of-the-platform');
  await stage.telstra('of-the-platform', 'ref-1');
  await database.pool.query("UPDATE early_receipts SET received_at = '2026-06-15T11:30:00.123456Z'");
  const id = await stage.aMessage(service, { provider_reference: 'ref-1' });
  await stage.look();

  const { rows } = await database.pool.query<{ occurred_at: string }>(
    'SELECT occurred_at FROM statuses WHERE notification_id = $1',
    [id],
  );
  expect(rows).toEqual([{ occurred_at: '2026-06-15T11:30:00.123456Z' }]);
});
