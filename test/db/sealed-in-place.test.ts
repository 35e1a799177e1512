// A sealed secret opens in its own row and column only: whoever can write the database cannot make one row use another's.
import { randomBytes } from 'node:crypto';
import { openCredentials } from '../../activities/open-credentials.ts';
import { createSealedBox } from '../../src/crypto/sealed-box.ts';
import { createApiKeyStore } from '../../src/db/api-key-store.ts';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createCampaignStore } from '../../src/db/campaign-store.ts';
import { createDeliveryStore } from '../../src/db/delivery-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { createProviderStore } from '../../src/db/provider-store.ts';
import { createSealedRows } from '../../src/db/sealed-rows.ts';
import { createServiceStore } from '../../src/db/service-store.ts';
import type { SealedRow } from '../../src/ports/index.ts';
import { createAcceptStatus } from '../../src/use-cases/accept-status.ts';
import { configureCallback } from '../../src/use-cases/configure-callback.ts';
import { configureProvider } from '../../src/use-cases/configure-provider.ts';
import { createApiKey } from '../../src/use-cases/create-api-key.ts';
import { createCampaign } from '../../src/use-cases/create-campaign.ts';
import { createCommunication } from '../../src/use-cases/create-communication.ts';
import { registerNotification } from '../../src/use-cases/register-notification.ts';
import { resealSecrets } from '../../src/use-cases/reseal-secrets.ts';
import { rotateSigningSecret } from '../../src/use-cases/rotate-signing-secret.ts';
import { createServiceKeyCache } from '../../src/use-cases/service-keys.ts';
import { aService } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { operator } from '../support/db-fixture.ts';
import { acceptanceBy } from '../support/dispatch-fixture.ts';
import { fixture } from '../support/fixture.ts';

const pem = (name: string): string => fixture(`client-certificates/${name}`);
const [old, newest] = ['old', 'newest'].map((id) => ({ id, key: randomBytes(32) })) as [
  { id: string; key: Buffer },
  { id: string; key: Buffer },
];
const secrets = createSealedBox([newest, old]);

let database: TestDatabase;
/** The keys, by the service that has them. */
const apiKeys = new Map<string, string[]>();
const notifications: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  for (const name of ['One', 'Two']) await aServiceWithEverySecret(name);
}, 30_000);
afterAll(() => database.drop());

function ports() {
  const { pool } = database;
  const shared = { services: createServiceStore(pool), secrets, now: () => new Date() };
  return {
    ...shared,
    ...{ apiKeys: createApiKeyStore(pool), callbacks: createCallbackStore(pool) },
    ...{ campaigns: createCampaignStore(pool), providers: createProviderStore(pool) },
    notifications: createNotificationStore(pool),
    keys: createServiceKeyCache({
      ...{ ...shared, apiKeys: createApiKeyStore(pool) },
      onUnopenedKey: () => undefined,
    }),
    accounts: { of: () => Promise.reject(new Error('nobody asks')), forget: () => undefined },
    urlPolicy: { objection: () => null },
    acceptStatus: createAcceptStatus(acceptanceBy(pool)),
  };
}

/** Two of each kind, sealed by the use-cases that seal them. */
async function aServiceWithEverySecret(name: string): Promise<void> {
  const own = ports();
  const service = aService({ name });
  await own.services.create(service);
  const { id } = service;
  const keys = [];
  for (const key of ['first', 'second'])
    keys.push((await createApiKey(own, id, { name: key, key_type: 'live' })).key);
  apiKeys.set(id, keys);
  for (const event of ['delivery_status', 'complaint'] as const) {
    for (const token of ['the-token-of-before', 'the-token-of-today'])
      await configureCallback(own, id, event, {
        ...{
          url: 'https://receiver.example/',
          bearer_token: `${token}-${name}-${event}`,
          signing: { enabled: true },
        },
        client_certificate: { certificate: pem('one.pem'), private_key: pem('one.key') },
      });
    await rotateSigningSecret(own, id, event);
  }
  for (const provider of ['mmg', 'firetext'])
    await configureProvider(own, id, provider, {
      credentials: { username: provider, password: 'a-password' },
    });
  for (const at of ['a', 'b']) {
    const { notification } = await registerNotification(own, operator, {
      ...{ service_id: id, to: 'person@example.com', notification_type: 'email' },
      ...{ callback_url: `https://${at}.example/`, callback_bearer_token: `the-token-of-${at}` },
    });
    await own.acceptStatus(operator, notification.id, { status: 'delivered' });
    notifications.push(notification.id);
  }
  const university = aService({ name: `${name} university`, profile: 'dispatch' });
  await own.services.create(university);
  const campaign = await createCampaign(own, { service_id: university.id, name: 'Fees', environment: {} });
  await createCommunication(own, campaign.id, {
    ...{ name: 'First', mode: 'live', notification_list: [] },
    callbacks: (['message_sent', 'message_delivery_status_change'] as const).map((event) => ({
      ...{ event, method: 'GET', url: 'https://university.example/', names: {} },
      credentials: { type: 'bearer', token: 'the-token-of-the-university' },
    })),
  });
}

async function sealedRows(): Promise<SealedRow[]> {
  const { rows, nextCursor } = await createSealedRows(database.pool).page(null, 1000);
  const all = [...rows];
  for (let cursor = nextCursor; cursor !== null;) {
    const page = await createSealedRows(database.pool).page(cursor, 1000);
    all.push(...page.rows);
    cursor = page.nextCursor;
  }
  return all;
}

const opens = (sealed: Uint8Array, context: string): boolean => {
  try {
    secrets.open(sealed, context);
    return true;
  } catch {
    return false;
  }
};

test('no sealed secret opens in the place of another', async () => {
  const places = (await sealedRows()).flatMap(({ place, secrets: own }) =>
    own.map((secret) => ({ place, ...secret })),
  );
  const moved = places.flatMap((from) =>
    places
      .filter((to) => to !== from && opens(from.sealed, to.context))
      .map((to) => [from.place, to.place, to.context] as const),
  );

  expect(places.length).toBe(2 * (2 + 2 * 5 + 1 * 2 + 2 + 2 + 2));
  expect(places.every(({ sealed, context }) => opens(sealed, context))).toBe(true);
  // Within a callback, its token and the one before it, and its signing secrets, are of one kind; and what goes to
  // notifications' own URLs is signed with the secrets of its service's callback.
  const isOfOneCallback = moved.every(([, , context]) =>
    /^callback:[^:]+:[^:]+(:signing-secret)?$/.test(context),
  );
  expect(isOfOneCallback).toBe(true);
  expect(moved.filter(([from]) => !from.startsWith('callback '))).toEqual([]);
});

test('every sealed column is among them', async () => {
  const { rows } = await database.pool.query<{ column: string }>(
    `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name LIKE 'sealed%' ORDER BY 1`,
  );

  expect(rows.map(({ column }) => column)).toEqual([
    'api_keys.sealed_secret',
    'callbacks.sealed_auth',
    'callbacks.sealed_client_certificate',
    'callbacks.sealed_previous_auth',
    'callbacks.sealed_signing_secrets',
    'communication_callbacks.sealed_auth',
    'notifications.sealed_callback_token',
    'provider_settings.sealed_credentials',
  ]);
});

test('the token of a notification’s own URL is not sent for another notification', async () => {
  const [one = '', other = ''] = notifications;
  const openOf = async (id: string) => {
    const job = await createDeliveryStore(database.pool).load(id, 1);
    if (!job?.callback) throw new Error('there is a callback');
    return openCredentials(secrets, job, job.callback).auth;
  };
  expect(await openOf(one)).toEqual({ type: 'bearer', token: 'the-token-of-a' });
  await swap('notifications', 'sealed_callback_token', [one, other]);
  try {
    await expect(openOf(one)).rejects.toThrow('does not open here');
    await expect(openOf(other)).rejects.toThrow('does not open here');
  } finally {
    await swap('notifications', 'sealed_callback_token', [one, other]);
  }
});

test('of two API keys whose secrets were exchanged neither is taken, and the others of the service are', async () => {
  const [[serviceId, [, second = '']] = ['', []]] = [...apiKeys];
  const { id: third } = await createApiKey(ports(), serviceId, { name: 'third', key_type: 'live' });
  const { id: fourth } = await createApiKey(ports(), serviceId, { name: 'fourth', key_type: 'live' });
  await swap('api_keys', 'sealed_secret', [third, fourth]);
  try {
    const { found } = await ports().keys.load(serviceId);
    expect(found?.keys.map(({ secret }) => second.endsWith(secret))).toContain(true);
    expect(found?.keys).toHaveLength(2);
    expect(found?.isPartial).toBe(true);
  } finally {
    await swap('api_keys', 'sealed_secret', [third, fourth]);
  }
});

test('sealed anew, they open where they stand as before', async () => {
  const { pool } = database;
  const before = await sealedRows();
  const later = createSealedBox([{ id: 'later', key: randomBytes(32) }, newest, old]);

  expect(
    await resealSecrets({ sealedRows: createSealedRows(pool), secrets: later }, () => undefined),
  ).toMatchObject({
    ...{ rows: before.length, resealed: before.length, failed: [] },
  });

  for (const { secrets: own } of await sealedRows())
    for (const { sealed, context } of own) expect(later.open(sealed, context)).not.toBe('');
});

async function swap(table: string, column: string, [one, other]: [string, string]): Promise<void> {
  await database.pool.query(
    `UPDATE ${table} t SET ${column} = o.${column} FROM ${table} o
     WHERE (t.id, o.id) IN (($1, $2), ($2, $1))`,
    [one, other],
  );
}
