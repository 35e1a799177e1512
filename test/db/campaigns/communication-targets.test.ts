// What an attempt for a member of a batch is given.
import { urlOf } from '../../../src/delivery/render-url.ts';
import { createCampaignStore } from '../../../src/db/campaigns/campaign-store.ts';
import { createDeliveryStore } from '../../../src/db/delivery/delivery-store.ts';
import { createAcceptStatus } from '../../../src/use-cases/acceptance/accept-status.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { operator } from '../../support/db-fixture.ts';
import { acceptanceBy, createDispatchFixture } from '../../support/dispatch-fixture.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('an attempt finds the callback of its event, with the variables of member, campaign and batch', async () => {
  const { id, members, communicationId } = await (await createDispatchFixture(database.pool)).aBatch(2);
  const memberId = String(members[1]);
  await createAcceptStatus(acceptanceBy(database.pool))(operator, memberId, {
    destination: '+61491571',
    status: 'undelivered',
    provider_response: '30003',
  });
  const job = await createDeliveryStore(database.pool).load(memberId, 1);
  if (!job?.target || !job.callback) throw new Error('there is nothing to deliver');
  expect(job).toMatchObject({
    event: 'message_delivery_status_change',
    callback: { id: communicationId, policy: { attempts: 3 }, maxInFlight: 16 },
    facts: { status: 'undelivered', providerResponse: '30003' },
    target: { method: 'GET', batchId: id, destination: '+61491571', environment: { team: 'fees' } },
  });
  expect(urlOf(job, job.target, job.callback.url)).toEqual({
    kind: 'url',
    url: `https://university.example/001/fees/${id}`,
  });
  expect(
    urlOf(
      job,
      job.target,
      'https://a.example/${messageStatus}?${errorCode}&${destination}&${id}&${memberId}',
    ),
  ).toEqual({
    kind: 'url',
    url: `https://a.example/undelivered?30003&%2B61491571&M-1&${memberId}`,
  });
  // What goes to one callback never waits for what goes to another.
  expect((await createDeliveryStore(database.pool).load(memberId, 2))?.earlierOpen).toBeNull();
});

test('a callback that is changed counts from the next attempt on, and keeps its credentials unless others are given', async () => {
  const { aBatch } = await createDispatchFixture(database.pool);
  const { members, communicationId } = await aBatch(1);
  const memberId = String(members[0]);
  await createAcceptStatus(acceptanceBy(database.pool))(operator, memberId, {
    destination: '+61491570',
    status: 'sent',
  });
  const campaigns = createCampaignStore(database.pool);
  const put = (authType: 'basic' | 'none', keepsCredentials: boolean) =>
    campaigns.putCallback(
      communicationId,
      {
        ...{ event: 'message_sent', method: 'POST', url: 'https://elsewhere.example/${id}', names: {} },
        ...{ policy: { attempts: 7, intervalSeconds: 60, timeoutSeconds: 30 }, authType, authShown: {} },
        sealedAuth: authType === 'none' ? null : Buffer.from('sealed'),
      },
      { keepsCredentials },
    );
  const target = async () => (await createDeliveryStore(database.pool).load(memberId, 2))?.callback;
  const { version = 0 } = (await target()) ?? {};
  await put('basic', false);
  await put('none', true);
  expect(await target()).toMatchObject({
    ...{ url: 'https://elsewhere.example/${id}', policy: { attempts: 7 }, version: version + 2 },
    ...{ authType: 'basic', sealedAuth: Buffer.from('sealed') },
  });
  await put('none', false);
  expect(await target()).toMatchObject({ authType: 'none', sealedAuth: null });
});
