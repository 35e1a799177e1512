// A callback's token in the database of a whole installation becomes what no key decrypts, and then itself again.
import { createInstallation, type Installation } from '../support/installation.ts';
import { openInstallationDatabase } from '../support/installation-database.ts';
import { createReceivers } from '../support/recording-receiver.ts';
import { createService } from '../support/service-fixture.ts';
import { until } from '../support/until.ts';

let ringback: Installation;
const receivers = createReceivers();

beforeAll(async () => {
  ringback = await createInstallation();
  await ringback.start();
}, 120_000);

afterAll(async () => {
  await ringback.remove();
  await receivers.stop();
}, 60_000);

test('meanwhile nothing is sent, counted or disabled, the history says why, and then all is delivered', async () => {
  const receiver = await receivers.that(() => 200);
  // One failed attempt of the customer's would disable it.
  const service = await createService(ringback, receiver.url, { attempts: 1 });
  const healthy = await createService(ringback, receiver.url, { attempts: 1 });
  const [id, other] = [await service.register(), await healthy.register()];
  const database = await openInstallationDatabase(ringback.home);
  const flip = () =>
    database.query(
      `UPDATE callbacks SET sealed_auth = set_byte(sealed_auth, length(sealed_auth) - 1, 255 - get_byte(sealed_auth, length(sealed_auth) - 1))
       WHERE service_id = $1`,
      [service.id],
    );
  await flip();
  await service.accept(id, 'delivered');
  await healthy.accept(other, 'delivered');
  await until('the other service’s is delivered', () => receiver.received.length === 1);
  const outcomes = async () =>
    (await service.history(id)).body.items[0]?.attempts.map(({ outcome }) => outcome);
  await until('it is in the history', async () => (await outcomes())?.includes('credential_error') === true);

  const callback = `/v1/services/${service.id}/callbacks/delivery_status`;
  const admin = await ringback.adminToken();
  expect(await ringback.call('POST', `${callback}/test`, admin)).toMatchObject({
    status: 503,
    body: { code: 'UNAVAILABLE' },
  });
  expect(await ringback.call('GET', callback, admin)).toMatchObject({ body: { state: 'enabled' } });
  expect(ringback.output()).toContain('the credentials of this callback cannot be decrypted');
  const metrics = await (await fetch(`${ringback.url}/metrics`)).text();
  expect(metrics).toMatch(/^ringback_secrets_unopened_total\{kind="callback"\} [1-9]/m);

  await flip();
  await until(
    'it is delivered',
    async () => (await service.history(id)).body.items[0]?.state === 'delivered',
  );
  expect(await outcomes()).toEqual(['credential_error', 'delivered']);
  await database.end();
}, 120_000);
