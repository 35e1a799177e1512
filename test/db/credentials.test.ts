// What a callback shows to its receiver, as PostgreSQL keeps it over changes and rotations.
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { createSealedBox } from '../../src/crypto/sealed-box.ts';
import { createApiKeyStore } from '../../src/db/api-key-store.ts';
import { createCallbackStore } from '../../src/db/callback-store.ts';
import { createNotificationStore } from '../../src/db/notification-store.ts';
import { sealedCredentialsColumns } from '../../src/db/sealed-credentials.ts';
import { createSealedRows } from '../../src/db/sealed-rows.ts';
import {
  apiKeySecretContext,
  callbackAuthContext,
  clientCertificateContext,
  notificationTokenContext,
  signingSecretContext,
} from '../../src/domain/secret-contexts.ts';
import { resealSecrets } from '../../src/use-cases/reseal-secrets.ts';
import { aNewNotification, anApiKey, callbackSettings } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeService } from '../support/db-fixture.ts';

let database: TestDatabase;
let serviceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE services CASCADE');
  ({ serviceId } = await storeService(database.pool));
});
afterAll(() => database.drop());

const event = 'delivery_status' as const;
const store = () => createCallbackStore(database.pool);
const bytes = (text: string) => Buffer.from(text);
const bearer = (text: string, sameAsVersion: number | null = null) =>
  ({ type: 'bearer', sealed: bytes(text), sameAsVersion }) as const;
const put = (changes: Parameters<typeof callbackSettings>[0]) =>
  store().put(uuidv7(), serviceId, event, callbackSettings(changes));

async function loaded() {
  const { rows } = await database.pool.query<{
    sealed_auth: Buffer | null;
    sealed_previous_auth: Buffer | null;
    sealed_signing_secrets: Buffer[];
  }>(
    `SELECT c.sealed_auth, ${sealedCredentialsColumns}
     FROM callbacks c, (SELECT gen_random_uuid() AS notification_id, 1 AS sequence) st WHERE c.service_id = $1`,
    [serviceId],
  );
  const [row] = rows;
  return {
    auth: row?.sealed_auth?.toString() ?? null,
    previous: row?.sealed_previous_auth?.toString() ?? null,
    signing: row?.sealed_signing_secrets.map(String),
  };
}

const aDayLater = () =>
  database.pool.query(
    `UPDATE callbacks SET auth_changed_at = auth_changed_at - interval '24 hours',
       signing_secrets_made_at = ARRAY(SELECT t - interval '24 hours'
         FROM unnest(signing_secrets_made_at) WITH ORDINALITY u(t, i) ORDER BY i)`,
  );

test('a bearer token that is replaced stays at hand for a day, and no longer', async () => {
  await put({ auth: bearer('one') });
  await put({ auth: bearer('two') });
  expect(await loaded()).toMatchObject({ auth: 'two', previous: 'one' });
  await aDayLater();
  expect(await loaded()).toMatchObject({ auth: 'two', previous: null });
});

test('the same token given again does not push out the one before it', async () => {
  await put({ auth: bearer('one') });
  const { callback } = await put({ auth: bearer('two') });
  await put({ auth: bearer('two again', callback.version) });
  expect(await loaded()).toMatchObject({ auth: 'two', previous: 'one' });
  // Somebody else has changed it since: what is given counts.
  await put({ auth: bearer('three', callback.version) });
  expect(await loaded()).toMatchObject({ auth: 'three', previous: 'two' });
});

test('another kind of credential has no overlap', async () => {
  await put({ auth: bearer('one') });
  await put({ auth: { type: 'basic', sealed: bytes('basic') } });
  expect(await loaded()).toMatchObject({ auth: 'basic', previous: null });
});

const signing = (text: string) => ({ enabled: true, sealedSecret: bytes(text) }) as const;
const rotate = (text: string) => store().rotateSigningSecret(serviceId, event, bytes(text));

test('only the first turning on takes its secret; off and on again keeps it', async () => {
  expect((await put({ signing: signing('one') })).tookSecret).toBe(true);
  expect((await put({ signing: signing('two') })).tookSecret).toBe(false);
  await put({ signing: { enabled: false } });
  expect((await loaded()).signing).toEqual([]);
  expect(await put({ signing: signing('three') })).toMatchObject({ tookSecret: false });
  await put({});
  expect((await loaded()).signing).toEqual(['one']);
});

test('of many that turn signing on at the same moment one secret is taken', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `secret-${index}`);
  const results = await Promise.all(names.map((name) => put({ signing: signing(name) })));
  const taken = names.filter((_name, index) => results[index]?.tookSecret);
  expect((await loaded()).signing).toEqual(taken);
});

test('every secret that was replaced signs for a day after that, the newest first', async () => {
  await put({ signing: signing('one') });
  await rotate('two');
  await rotate('three');
  expect((await loaded()).signing).toEqual(['three', 'two', 'one']);
  await aDayLater();
  expect((await loaded()).signing).toEqual(['three']);
  await rotate('four');
  expect((await loaded()).signing).toEqual(['four', 'three']);
});

test('a rotation that would push out a secret before its day is over is refused', async () => {
  await put({ signing: signing('one') });
  for (const name of ['two', 'three', 'four', 'five'])
    expect(await rotate(name)).toMatchObject({ kind: 'rotated' });
  expect(await rotate('six')).toEqual({ kind: 'tooOften' });
  expect((await loaded()).signing).toEqual(['five', 'four', 'three', 'two', 'one']);
  await aDayLater();
  expect(await rotate('six')).toMatchObject({ kind: 'rotated' });
});

test('rotating needs a callback that signs', async () => {
  expect(await rotate('one')).toEqual({ kind: 'signingIsOff' });
  await store().remove(serviceId, event);
  expect(await rotate('one')).toEqual({ kind: 'absent' });
});

test('re-sealing puts everything under the newest key, continues where it was broken off, and opens as before', async () => {
  const [old, next] = ['old', 'new'].map((id) => ({ id, key: randomBytes(32) }));
  if (!old || !next) throw new Error('unreachable');
  const before = createSealedBox([old]);
  const auth = callbackAuthContext(serviceId, event);
  const certificate = clientCertificateContext(serviceId, event);
  const sign = signingSecretContext(serviceId, event);
  await put({ auth: { type: 'bearer', sealed: before.seal('token-1', auth) } });
  await put({
    auth: { type: 'bearer', sealed: before.seal('token-2', auth) },
    clientCertificate: {
      sealed: before.seal('pem', certificate),
      shown: { certificate: 'pem', valid_until: '2120-01-01T00:00:00.000000Z' },
    },
    signing: { enabled: true, sealedSecret: before.seal('secret-1', sign) },
  });
  await store().rotateSigningSecret(serviceId, event, before.seal('secret-2', sign));
  const keys = createApiKeyStore(database.pool);
  const keyIds = Array.from({ length: 7 }, () => uuidv7());
  for (const id of keyIds) {
    const sealedSecret = before.seal(`key ${id}`, apiKeySecretContext(serviceId, id));
    await keys.create(anApiKey({ id, serviceId, sealedSecret }));
  }
  const notification = aNewNotification({ service_id: serviceId, callback_url: 'https://example.com/own' });
  const own = notificationTokenContext(notification.notification.id);
  const token = { sealedToken: before.seal('own', own), policy: callbackSettings().policy };
  await createNotificationStore(database.pool).register({ ...notification, own: token });
  const sealedRows = createSealedRows(database.pool);
  const both = createSealedBox([next, old]);

  let batches = 0;
  const stopped = resealSecrets(
    { sealedRows, secrets: both },
    () => {
      batches += 1;
      if (batches === 2) throw new Error('killed');
    },
    3,
  );
  await expect(stopped).rejects.toThrow('killed');
  const seen: number[] = [];
  const rest = await resealSecrets({ sealedRows, secrets: both }, (progress) => seen.push(progress.seen), 3);

  expect(rest).toMatchObject({ rows: 10, seen: 10, resealed: 4, failed: [] });
  // A batch ends with each kind of row, and there are kinds of which there is none.
  expect(seen).toEqual([3, 6, 7, 9, 9, 9, 10]);
  const alone = createSealedBox([next]);
  const stored = await keys.activeKeys(serviceId);
  for (const { id, sealedSecret } of stored?.keys ?? [])
    expect(alone.open(sealedSecret, apiKeySecretContext(serviceId, id))).toBe(`key ${id}`);
  const opened = (await sealedRows.page('callbacks:', 10)).rows[0]?.secrets;
  expect(opened?.map(({ sealed, context }) => alone.open(sealed, context))).toEqual([
    'token-2',
    'token-1',
    'pem',
    'secret-2',
    'secret-1',
  ]);
  expect((await resealSecrets({ sealedRows, secrets: both }, () => undefined)).resealed).toBe(0);
});

test('a secret whose key is lost is named, and does not keep the others back', async () => {
  const box = (id: string) => createSealedBox([{ id, key: randomBytes(32) }]);
  const [lost, newest] = [box('lost'), box('newest')];
  const keys = createApiKeyStore(database.pool);
  const [first, second] = [uuidv7(), uuidv7()];
  for (const [id, sealing] of [
    [first, lost],
    [second, newest],
  ] as const)
    await keys.create(
      anApiKey({ id, serviceId, sealedSecret: sealing.seal('x', apiKeySecretContext(serviceId, id)) }),
    );
  const result = await resealSecrets(
    { sealedRows: createSealedRows(database.pool), secrets: newest },
    () => undefined,
  );
  expect(result.failed).toEqual([
    {
      place: `API key ${first}`,
      reason: 'a secret is sealed under the key lost, which RINGBACK_SECRET_KEYS does not have',
    },
  ]);
  expect(result.seen).toBe(2);
});

test('a row that was changed while it was sealed anew is left as it is, and said', async () => {
  await put({ auth: bearer('one') });
  const { rows } = await createSealedRows(database.pool).page('callbacks:', 10);
  await put({ auth: bearer('two') });
  expect(await rows[0]?.replace([bytes('anew')])).toBe(false);
  expect((await loaded()).auth).toBe('two');
});
