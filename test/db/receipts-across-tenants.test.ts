// No tenant takes, blocks or slows down another tenant's receipts, whatever it registers.
import { v7 as uuidv7 } from 'uuid';
import { createDispatchFixture } from '../support/dispatch-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createReceiptStage } from '../support/receipt-stage.ts';

let database: TestDatabase;
let stage: ReturnType<typeof createReceiptStage>;
beforeEach(async () => {
  database = await createTestDatabase();
  stage = createReceiptStage(database.pool);
});
afterEach(() => database.drop());

const inTheYear9999 = { created_at: '9999-12-31T23:59:59.000000Z' };

test('a tenant with an account of its own takes and blocks nothing by registering others’ references', async () => {
  const victim = await stage.aTenant('telstra', 'of-the-victim');
  const attacker = await stage.aTenant('telstra', 'of-the-attacker');
  const id = await stage.aMessage(victim, { provider_reference: 'ref-1' });
  const decoys = await Promise.all(
    Array.from({ length: 60 }, () =>
      stage.aMessage(attacker, { provider_reference: 'ref-1', ...inTheYear9999 }),
    ),
  );
  expect(await stage.telstra('of-the-victim', 'ref-1')).toMatchObject({ status: 200 });

  expect(await stage.statusOf(id)).toBe('delivered');
  expect(new Set(await Promise.all(decoys.map(stage.statusOf)))).toEqual(new Set(['created']));
  expect(stage.ambiguous).toEqual([]);
});

test('a provider that names messages by their ids is never taken at a reference that looks like one', async () => {
  const victim = await stage.aTenant('mmg', 'of-the-platform');
  const attacker = await stage.aTenant('mmg', 'of-the-platform');
  const id = await stage.aMessage(victim, {});
  const decoy = await stage.aMessage(attacker, { provider_reference: id, ...inTheYear9999 });
  await stage.mmg('of-the-platform', id);
  await stage.mmg('of-the-platform', id.toUpperCase());

  expect([await stage.statusOf(id), await stage.statusOf(decoy)]).toEqual(['delivered', 'created']);
});

test('a provider that names messages by its own reference is never taken at an id', async () => {
  const victim = await stage.aTenant('telstra', 'of-the-platform');
  const attacker = await stage.aTenant('telstra', 'of-the-platform');
  const reference = uuidv7();
  const id = await stage.aMessage(victim, { provider_reference: reference });
  const decoy = await stage.aMessage(attacker, { id: reference, ...inTheYear9999 });
  await stage.telstra('of-the-platform', reference);

  expect([await stage.statusOf(id), await stage.statusOf(decoy)]).toEqual(['delivered', 'created']);
  expect(stage.ambiguous).toEqual([]);
});

test('a reference that two services of one account use is given to neither, and acknowledged', async () => {
  const services = [
    await stage.aTenant('telstra', 'of-the-platform'),
    await stage.aTenant('telstra', 'of-the-platform'),
  ];
  const ids = await Promise.all(
    services.map((serviceId) => stage.aMessage(serviceId, { provider_reference: 'ref-1' })),
  );
  expect(await stage.telstra('of-the-platform', 'ref-1')).toMatchObject({ status: 200 });

  expect(await Promise.all(ids.map(stage.statusOf))).toEqual(['created', 'created']);
  expect(stage.ambiguous).toEqual([[...ids].sort()]);
  expect(await stage.kept()).toBe(0);
});

test('a receipt that came early and is ambiguous by now is given to none and forgotten', async () => {
  const services = [
    await stage.aTenant('telstra', 'of-the-platform'),
    await stage.aTenant('telstra', 'of-the-platform'),
  ];
  await stage.telstra('of-the-platform', 'ref-1');
  const ids = await Promise.all(
    services.map((serviceId) => stage.aMessage(serviceId, { provider_reference: 'ref-1' })),
  );
  await stage.look();

  expect(await Promise.all(ids.map(stage.statusOf))).toEqual(['created', 'created']);
  expect([stage.ambiguous.length, await stage.kept()]).toEqual([1, 0]);
});

test('of a reference that one service used again, the message counts that was stored last', async () => {
  const service = await stage.aTenant('telstra', 'of-the-platform');
  const first = await stage.aMessage(service, { provider_reference: 'ref-1', ...inTheYear9999 });
  const last = await stage.aMessage(service, {
    ...{ provider_reference: 'ref-1', created_at: '0001-01-01T00:00:00.000000Z' },
  });
  await stage.telstra('of-the-platform', 'ref-1');

  expect([await stage.statusOf(first), await stage.statusOf(last)]).toEqual(['created', 'delivered']);
});

test('a service whose provider is not checked takes and blocks nothing of an account', async () => {
  const victim = await stage.aTenant('telstra', 'of-the-victim');
  const unchecked = await stage.aTenant('telstra', null);
  const id = await stage.aMessage(victim, { provider_reference: 'ref-1' });
  const decoy = await stage.aMessage(unchecked, { provider_reference: 'ref-1', ...inTheYear9999 });
  const own = await stage.aMessage(unchecked, { provider_reference: 'ref-2' });
  await stage.telstra('of-the-victim', 'ref-1');
  await stage.telstra(null, 'ref-2');

  expect(await Promise.all([id, decoy, own].map(stage.statusOf))).toEqual([
    'delivered',
    'created',
    'delivered',
  ]);
  expect(stage.ambiguous).toEqual([]);
});

test('nor does it take what came early for an account', async () => {
  const victim = await stage.aTenant('telstra', 'of-the-victim');
  const unchecked = await stage.aTenant('telstra', null);
  await stage.telstra('of-the-victim', 'ref-1');
  const id = await stage.aMessage(victim, { provider_reference: 'ref-1' });
  const decoy = await stage.aMessage(unchecked, { provider_reference: 'ref-1' });
  await stage.look();

  expect([await stage.statusOf(id), await stage.statusOf(decoy)]).toEqual(['delivered', 'created']);
});

test('an early receipt of one account does not stand in the way of the same from another', async () => {
  const victim = await stage.aTenant('telstra', 'of-the-victim');
  await stage.aTenant('telstra', 'of-the-attacker');
  await stage.telstra('of-the-attacker', 'ref-1');
  await stage.telstra('of-the-victim', 'ref-1');
  await stage.telstra('of-the-victim', 'ref-1');
  expect(await stage.kept()).toBe(2);
  const id = await stage.aMessage(victim, { provider_reference: 'ref-1' });
  await stage.look();

  expect(await stage.statusOf(id)).toBe('delivered');
});

test('a reference of a member’s destination is the service’s own as well, and ambiguous like any other', async () => {
  const { serviceId, aBatch } = await createDispatchFixture(database.pool);
  await stage.configure(serviceId, 'twilio', null);
  const { members } = await aBatch(2);
  const other = await stage.aTenant('twilio', null);
  const decoy = await stage.aMessage(other, { provider_reference: 'SM1', ...inTheYear9999 });
  const send = (sid: string) => stage.send('twilio', null, { MessageSid: sid, MessageStatus: 'delivered' });
  expect([await send('SM0'), await send('SM1')]).toMatchObject([{ status: 200 }, { status: 200 }]);

  const { rows } = await database.pool.query<{ provider_reference: string; status: string | null }>(
    'SELECT provider_reference, status FROM destinations ORDER BY provider_reference',
  );
  expect(rows).toEqual([
    { provider_reference: 'SM0', status: 'delivered' },
    { provider_reference: 'SM1', status: null },
  ]);
  expect(stage.ambiguous).toEqual([[members[1], decoy].sort()]);
});
