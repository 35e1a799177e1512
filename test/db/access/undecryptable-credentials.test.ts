// A callback's credential that no key decrypts is our trouble: nothing is sent without it, no attempt is used up, nobody is
// disabled or mailed, the history says so, and everything is delivered when the key is back or another credential is given.
import { createCallbackStore } from '../../../src/db/callbacks/callback-store.ts';
import { createDeliveryStore } from '../../../src/db/delivery/delivery-store.ts';
import { createStatusStore } from '../../../src/db/acceptance/status-store.ts';
import {
  callbackAuthContext,
  clientCertificateContext,
  signingSecretContext,
} from '../../../src/domain/access/secret-contexts.ts';
import { activitiesOnDatabase } from '../../support/activities-on-database.ts';
import { withStatuses } from '../../support/attempts.ts';
import { callbackSettings } from '../../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { everyStatus, storeService } from '../../support/db-fixture.ts';
import { createFakeSecretBox } from '../../support/fakes/secret-box.ts';

const event = 'delivery_status' as const;
const secrets = createFakeSecretBox();

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const lost = (text: string): Uint8Array => secrets.seal(text, 'under a key that is gone');
const bearer = { type: 'bearer', token: 'the-token' } as const;
const auth = (sealed: Uint8Array) => ({ type: 'bearer' as const, sealed, shown: {}, sameAsVersion: null });

type Settings = Parameters<typeof callbackSettings>[0];

async function withCallback(settings: Settings) {
  const { serviceId, callbackId } = await storeService(database.pool);
  const put = (changed: Settings) =>
    createCallbackStore(database.pool).put(
      callbackId,
      serviceId,
      event,
      callbackSettings({ filter: everyStatus, ...changed }),
    );
  // One failed attempt of the customer's would disable it.
  await put({ ...settings, policy: { attempts: 1, intervalSeconds: 300, timeoutSeconds: 5 } });
  const id = await withStatuses(database.pool, serviceId, 1);
  const key = { notificationId: id, sequence: 1 };
  const own = activitiesOnDatabase(database.pool, async () => 200);
  return {
    ...{ serviceId, put, key, ...own },
    due: () =>
      database.pool.query('UPDATE statuses SET next_attempt_at = now() WHERE notification_id = $1', [id]),
    history: async () => (await createStatusStore(database.pool).history(id))[0],
    state: async () => (await createCallbackStore(database.pool).find(serviceId, event))?.state,
    job: () => createDeliveryStore(database.pool).load(id, 1),
  };
}

test.each<[string, Settings]>([
  ['a token', { auth: auth(lost(JSON.stringify(bearer))) }],
  [
    'a client certificate',
    {
      clientCertificate: {
        sealed: lost('{}'),
        shown: { certificate: 'c', valid_until: '2030-01-01T00:00:00.000000Z' },
      },
    },
  ],
  ['a signing secret', { signing: { enabled: true, sealedSecret: lost('whsec_lost') } }],
])('%s that does not decrypt: nothing is sent, and nothing is counted', async (_, settings) => {
  const { call, key, sent, history, state, job, due } = await withCallback(settings);

  const first = await call('attemptCallback', key);
  expect(first).toMatchObject({ kind: 'retry', waitSeconds: 1 });
  for (const wait of [2, 4]) {
    await due();
    await expect(call('retryCallback', key)).rejects.toMatchObject({
      type: 'CREDENTIAL_FAILED',
      nonRetryable: false,
      nextRetryDelay: `${wait} seconds`,
    });
  }

  expect(sent).toMatchObject({ callbacks: 0, mails: [] });
  expect(await history()).toMatchObject({
    state: 'retrying',
    attempts: [
      {
        number: 1,
        outcome: 'credential_error',
        error:
          'Ringback cannot decrypt the credentials of this callback. This attempt does not count. (3 in a row)',
      },
    ],
  });
  expect(await job()).toMatchObject({ attemptsMade: 0, attemptsRecorded: 1, ownFailures: 3 });
  expect(await state()).toBe('enabled');
});

test('with a credential that decrypts, the same status is delivered in its first counted attempt', async () => {
  const own = await withCallback({ auth: auth(lost(JSON.stringify(bearer))) });
  await own.call('attemptCallback', own.key);
  const sealed = secrets.seal(JSON.stringify(bearer), callbackAuthContext(own.serviceId, event));
  await own.put({ auth: auth(sealed) });
  await own.due();
  expect(await own.call('retryCallback', own.key)).toMatchObject({ state: 'delivered' });
  expect((await own.history())?.attempts.map(({ outcome }) => outcome)).toEqual([
    'credential_error',
    'delivered',
  ]);
});

test('what decrypts is sent as ever', async () => {
  const own = await withCallback({});
  const { serviceId } = own;
  await own.put({
    auth: auth(secrets.seal(JSON.stringify(bearer), callbackAuthContext(serviceId, event))),
    clientCertificate: {
      sealed: secrets.seal('{}', clientCertificateContext(serviceId, event)),
      shown: { certificate: 'c', valid_until: '2030-01-01T00:00:00.000000Z' },
    },
    signing: {
      enabled: true,
      sealedSecret: secrets.seal('whsec_c2VjcmV0', signingSecretContext(serviceId, event)),
    },
  });
  expect(await own.call('attemptCallback', own.key)).toMatchObject({ state: 'delivered' });
});
