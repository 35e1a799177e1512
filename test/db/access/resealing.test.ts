// What has its sealed secret under a key of two parts is sealed anew like everything else.
import { randomBytes } from 'node:crypto';
import { createSealedBox } from '../../../src/crypto/sealed-box.ts';
import { createCampaignStore } from '../../../src/db/campaigns/campaign-store.ts';
import { createProviderStore } from '../../../src/db/providers/provider-store.ts';
import { createSealedRows } from '../../../src/db/access/sealed-rows.ts';
import { communicationAuthContext, providerContext } from '../../../src/domain/access/secret-contexts.ts';
import { resealSecrets } from '../../../src/use-cases/access/reseal-secrets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createDispatchFixture } from '../../support/dispatch-fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the credentials of communications and of providers come under the newest key, and open as before', async () => {
  const { pool } = database;
  const [old, next] = ['old', 'next'].map((id) => ({ id, key: randomBytes(32) }));
  if (!old || !next) throw new Error('there are two keys');
  const before = createSealedBox([old]);
  const { serviceId, aCommunication } = await createDispatchFixture(pool);
  const communicationId = await aCommunication();
  const callbackContext = communicationAuthContext(communicationId, 'message_sent');
  await createCampaignStore(pool).putCallback(
    communicationId,
    {
      ...{ event: 'message_sent', method: 'GET', url: 'https://a.example/', names: {}, authShown: {} },
      ...{ policy: { attempts: 3, intervalSeconds: 300, timeoutSeconds: 120 }, authType: 'basic' },
      sealedAuth: before.seal('of the communication', callbackContext),
    },
    { keepsCredentials: false },
  );
  const context = providerContext(serviceId, 'mmg');
  await createProviderStore(pool).put(serviceId, 'mmg', {
    ...{ credentialType: 'password_or_token', inboundNumbers: [], publicUrl: null },
    sealedCredentials: before.seal('of the provider', context),
  });

  const both = createSealedBox([next, old]);
  const ports = { sealedRows: createSealedRows(pool), secrets: both };
  expect(await resealSecrets(ports, () => undefined)).toMatchObject({ rows: 2, resealed: 2, failed: [] });
  expect(await resealSecrets(ports, () => undefined, 1)).toMatchObject({ rows: 2, seen: 2, resealed: 0 });

  const alone = createSealedBox([next]);
  const [provider] = await createProviderStore(pool).of('mmg');
  expect(alone.open(provider?.sealedCredentials ?? Buffer.alloc(0), context)).toBe('of the provider');
  const { rows } = await pool.query<{ sealed_auth: Buffer }>(
    'SELECT sealed_auth FROM communication_callbacks WHERE communication_id = $1 AND sealed_auth IS NOT NULL',
    [communicationId],
  );
  expect(rows.map(({ sealed_auth: sealed }) => alone.open(sealed, callbackContext))).toEqual([
    'of the communication',
  ]);
});
