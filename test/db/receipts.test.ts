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

type NamesBy = 'id' | 'reference';

test('a message is named by the provider’s reference or by its own id, for its own service and provider only', async () => {
  const { serviceId } = await storeService(database.pool);
  const { serviceId: otherId } = await storeService(database.pool);
  const id = await storeNotification(database.pool, serviceId, {
    provider_reference: 'ref-1',
    provider: 'mmg',
  });
  const find = async (provider: string, namesBy: NamesBy, reference: string, of = [serviceId]) =>
    (await receipts().find({ provider, namesBy, reference }, of)).map(({ notificationId }) => notificationId);

  expect(await find('mmg', 'reference', 'ref-1')).toEqual([id]);
  expect(await find('mmg', 'id', id.toUpperCase())).toEqual([id]);
  expect(await find('mmg', 'reference', 'ref-1', [otherId, serviceId])).toEqual([id]);
  const others = [
    ...[find('mmg', 'reference', id), find('mmg', 'id', 'ref-1'), find('firetext', 'id', id)],
    ...[find('mmg', 'reference', 'ref-1', [otherId]), find('mmg', 'id', id, [otherId])],
    ...[find('firetext', 'reference', 'ref-1'), find('mmg', 'reference', 'ref-2')],
    ...[find('mmg', 'reference', "x' OR true --"), find('mmg', 'reference', 'ref-1', [])],
  ];
  expect(await Promise.all(others)).toEqual(others.map(() => []));

  const newer = await storeNotification(database.pool, serviceId, {
    ...{ provider_reference: 'ref-1', provider: null, created_at: '1999-01-01T00:00:00.000000Z' },
  });
  const elsewhere = await storeNotification(database.pool, otherId, { provider_reference: 'ref-1' });
  expect(await find('mmg', 'reference', 'ref-1')).toEqual([newer]);
  expect((await find('mmg', 'reference', 'ref-1', [otherId, serviceId])).sort()).toEqual(
    [newer, elsewhere].sort(),
  );
});

test('a message of a test key, which nobody sent, is named by no receipt and takes none of a live one', async () => {
  const { serviceId } = await storeService(database.pool);
  const live = await storeNotification(database.pool, serviceId, { provider_reference: 'ref-9' });
  const trial = await storeNotification(database.pool, serviceId, {
    ...{ provider_reference: 'ref-9', key_type: 'test', created_at: '2030-01-01T00:00:00.000000Z' },
  });
  const find = async (namesBy: NamesBy, reference: string) =>
    (await receipts().find({ provider: 'mmg', namesBy, reference }, [serviceId])).map(
      ({ notificationId }) => notificationId,
    );
  expect(await find('reference', 'ref-9')).toEqual([live]);
  expect(await find('id', trial)).toEqual([]);
});

test('a member is named by the reference of its destination, or by its id for its only one with the provider', async () => {
  const { serviceId, aBatch } = await createDispatchFixture(database.pool);
  const { id, members } = await aBatch(3);
  const find = (provider: string, namesBy: NamesBy, reference: string) =>
    receipts().find({ provider, namesBy, reference }, [serviceId]);
  const second = {
    ...{ notificationId: members[2], serviceId, profile: 'dispatch', notificationType: 'member' },
    destination: { to: '+61491572', type: 'sms', provider: 'twilio' },
  };
  expect(await find('twilio', 'reference', 'SM2')).toMatchObject([second]);
  expect(await find('mmg', 'reference', 'SM2')).toEqual([]);
  expect(await find('twilio', 'reference', id)).toEqual([]);

  expect(await find('twilio', 'id', members[2] ?? '')).toMatchObject([second]);
  expect([await find('mmg', 'id', members[2] ?? ''), await find('twilio', 'id', id)]).toEqual([[], []]);
  await database.pool.query(
    `INSERT INTO destinations (notification_id, place, type, address, provider, service_id)
     VALUES ($1, 1, 'voice', '+61491572', 'twilio', $2)`,
    [members[2], serviceId],
  );
  expect(await find('twilio', 'id', members[2] ?? '')).toEqual([]);
});

test('an early receipt is kept once, given to one process at a time, and ever more seldom', async () => {
  const [id, eventId] = [uuidv7(), uuidv7()];
  const keep = () =>
    receipts().keepEarly({
      ...{ id, provider: 'mmg', serviceIds: [uuidv7()], uncheckedServiceIds: [], eventId },
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

test('every change of a provider’s settings is told from what was before, and nothing else is', async () => {
  const { serviceId } = await storeService(database.pool);
  const { serviceId: otherId } = await storeService(database.pool);
  const seen = [await providers().changes('telstra')];
  const look = async (): Promise<void> => void seen.push(await providers().changes('telstra'));
  const put = (of: string, provider = 'telstra') =>
    providers().put(of, provider, {
      ...{ credentialType: 'password_or_token', sealedCredentials: Buffer.from('sealed') },
      ...{ inboundNumbers: [], publicUrl: null },
    });
  for (const change of [
    () => put(serviceId),
    () => put(serviceId),
    () => put(otherId),
    () => providers().remove(serviceId, 'telstra'),
    () =>
      database.pool.query("UPDATE provider_settings SET sealed_credentials = 'x' WHERE service_id = $1", [
        otherId,
      ]),
  ]) {
    await change();
    await look();
  }
  expect(new Set(seen).size).toBe(6);
  await put(serviceId, 'sap');
  await look();
  expect(new Set(seen).size).toBe(6);
});

test('of changes made at the same time each is seen once it is committed, whichever began first', async () => {
  const { serviceId } = await storeService(database.pool);
  const put = (client: { query: (sql: string, values: unknown[]) => Promise<unknown> }, provider: string) =>
    client.query(
      `INSERT INTO provider_settings (service_id, provider, credential_type) VALUES ($1, $2, 'none')
       ON CONFLICT (service_id, provider) DO UPDATE SET updated_at = now()`,
      [serviceId, provider],
    );
  await put(database.pool, 'pinpoint');
  const first = await database.otherPool(1).connect();
  await first.query('BEGIN');
  await put(first, 'pinpoint');
  const before = Number(await providers().changes('pinpoint'));
  const { serviceId: otherId } = await storeService(database.pool);
  const second = providers().put(otherId, 'pinpoint', {
    ...{ credentialType: 'none', sealedCredentials: null, inboundNumbers: [], publicUrl: null },
  });
  await first.query('COMMIT');
  first.release();
  expect(Number(await providers().changes('pinpoint'))).toBeGreaterThan(before);
  await second;
  expect(Number(await providers().changes('pinpoint'))).toBe(before + 2);
  expect((await providers().of('pinpoint')).map((own) => own.serviceId).sort()).toEqual(
    [serviceId, otherId].sort(),
  );
});
