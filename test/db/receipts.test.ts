// Which message a provider's reference names, and receipts that come before their messages, by the real statements.
import { v7 as uuidv7 } from 'uuid';
import { createProviderStore } from '../../src/db/provider-store.ts';
import { createReceiptStore } from '../../src/db/receipt-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeNotification, storeService } from '../support/db-fixture.ts';
import { createDispatchFixture } from '../support/dispatch-fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const receipts = () => createReceiptStore(database.pool);
const providers = () => createProviderStore(database.pool);

test('a message is named by the provider’s reference or by its own id, for its own service and provider only', async () => {
  const { serviceId } = await storeService(database.pool);
  const { serviceId: otherId } = await storeService(database.pool);
  const id = await storeNotification(database.pool, serviceId, {
    provider_reference: 'ref-1',
    provider: 'mmg',
  });
  const find = async (provider: string, reference: string, of = [serviceId]) =>
    (await receipts().find(provider, reference, new Set(of)))?.notificationId;

  expect(await find('mmg', 'ref-1')).toBe(id);
  expect(await find('mmg', id.toUpperCase())).toBe(id);
  expect(await find('mmg', 'ref-1', [otherId, serviceId])).toBe(id);
  expect(await find('mmg', 'ref-1', [otherId])).toBeUndefined();
  expect(await find('firetext', 'ref-1')).toBeUndefined();
  expect(await find('mmg', 'ref-2')).toBeUndefined();
  expect(await find('mmg', "x' OR true --")).toBeUndefined();

  const newer = await storeNotification(database.pool, serviceId, {
    ...{ provider_reference: 'ref-1', provider: null, created_at: '2030-01-01T00:00:00.000000Z' },
  });
  expect(await find('mmg', 'ref-1')).toBe(newer);
});

test('a message of a test key, which nobody sent, is named by no receipt and takes none of a live one', async () => {
  const { serviceId } = await storeService(database.pool);
  const live = await storeNotification(database.pool, serviceId, { provider_reference: 'ref-9' });
  const trial = await storeNotification(database.pool, serviceId, {
    ...{ provider_reference: 'ref-9', key_type: 'test', created_at: '2030-01-01T00:00:00.000000Z' },
  });
  const find = (reference: string) => receipts().find('mmg', reference, new Set([serviceId]));
  expect((await find('ref-9'))?.notificationId).toBe(live);
  expect(await find(trial)).toBeNull();
});

test('a member is named by the reference of its destination, which says who it went to', async () => {
  const { serviceId, aBatch } = await createDispatchFixture(database.pool);
  const { id, members } = await aBatch(3);
  expect(await receipts().find('twilio', 'SM2', new Set([serviceId]))).toMatchObject({
    ...{ notificationId: members[2], serviceId, profile: 'dispatch', notificationType: 'member' },
    destination: { to: '+61491572', type: 'sms', provider: 'twilio' },
  });
  expect(await receipts().find('mmg', 'SM2', new Set([serviceId]))).toBeNull();
  expect(await receipts().find('twilio', id, new Set([serviceId]))).toBeNull();
});

test('an early receipt is kept once, given to one process at a time, and ever more seldom', async () => {
  const eventId = uuidv7();
  const keep = () =>
    receipts().keepEarly({
      ...{ id: uuidv7(), provider: 'mmg', serviceIds: [uuidv7()], eventId },
      receipt: { reference: 'x', status: 'delivered' },
    });
  await keep();
  await keep();
  expect(await receipts().dueEarly(10)).toEqual([]);
  const due = async () => {
    await database.pool.query("UPDATE early_receipts SET next_look_at = now() - interval '1 second'");
    const rivals = Array.from({ length: 3 }, () => createReceiptStore(database.otherPool(1)));
    return (await Promise.all(rivals.map((store) => store.dueEarly(10)))).flat();
  };
  const waits: number[] = [];
  for (let look = 1; look <= 6; look += 1) {
    const [early, ...others] = await due();
    expect(others).toEqual([]);
    expect(early).toMatchObject({
      provider: 'mmg',
      eventId,
      receipt: { reference: 'x', status: 'delivered' },
    });
    const { rows } = await database.pool.query<{ wait: number }>(
      'SELECT round(extract(epoch FROM next_look_at - now()))::integer AS wait FROM early_receipts',
    );
    waits.push(rows[0]?.wait ?? 0);
  }
  expect(waits).toEqual([2, 4, 8, 15, 15, 15]);
  const [last] = await due();
  await receipts().doneEarly(last?.id ?? '');
  expect(await due()).toEqual([]);
});

test('the settings of a provider are replaced whole, and those without a check are named', async () => {
  const { serviceId } = await storeService(database.pool);
  const sealed = Buffer.from('sealed');
  const given = { credentialType: 'twilio', sealedCredentials: sealed, inboundNumbers: ['+61491570156'] };
  const put = (
    changes: Partial<Omit<typeof given, 'sealedCredentials'>> & { sealedCredentials?: Buffer | null } = {},
  ) => providers().put(serviceId, 'twilio', { ...given, publicUrl: 'https://a.example', ...changes });
  expect(await put()).toMatchObject({
    wasCreated: true,
    stored: { provider: 'twilio', credential_type: 'twilio' },
  });
  const own = async () =>
    (await providers().of('twilio')).filter((settings) => settings.serviceId === serviceId);
  expect(await own()).toEqual([
    {
      ...{ serviceId, profile: 'govuk-notify', credentialType: 'twilio', sealedCredentials: sealed },
      ...{ inboundNumbers: ['+61491570156'], publicUrl: 'https://a.example' },
    },
  ]);
  expect(await providers().unchecked()).toEqual([]);
  expect(await put({ credentialType: 'none', sealedCredentials: null, inboundNumbers: [] })).toMatchObject({
    wasCreated: false,
    stored: { credential_type: 'none', inbound_numbers: [] },
  });
  expect(await providers().unchecked()).toEqual([{ serviceId, provider: 'twilio' }]);
  expect(await providers().remove(serviceId, 'twilio')).toBe(true);
  expect(await providers().remove(serviceId, 'twilio')).toBe(false);
  expect(await own()).toEqual([]);
});
