// What providers report, through the whole HTTP side.
import { providers } from '../../src/providers/index.ts';
import { basic, createProviderApp, signedByTwilio } from '../support/provider-app.ts';
import {
  fixtureBytes,
  providerFixtures,
  requestOf,
  type ProviderFixture,
} from '../support/provider-fixtures.ts';

let t: Awaited<ReturnType<typeof createProviderApp>>;

beforeEach(async () => {
  t = await createProviderApp();
});
afterEach(() => t.app.close());

const profileOf: Readonly<Record<string, string>> = {
  ...{ mmg: 'govuk-notify', firetext: 'govuk-notify', dvla: 'govuk-notify', ses: 'govuk-notify' },
  ...{ 'sns-sms': 'gc-notify', pinpoint: 'gc-notify', twilio: 'notify-gov-au', telstra: 'notify-gov-au' },
  ...{ sap: 'notify-gov-au', spryng: 'notifynl', messagebox: 'notifynl' },
};
// SES's fixtures are signed only where they say so.
const replayable = providerFixtures.filter(
  ({ file, provider, expect: { status, govau_status: au } }) =>
    !file.includes('inbound') &&
    (status ?? au) !== undefined &&
    (provider !== 'ses' || file.startsWith('sns-signed')),
);
const expectedOf = ({ expect: { status, govau_status: au } }: ProviderFixture): string | null =>
  status?.includes('no change') ? null : ((status ?? au ?? '').split(/[ ,(]/)[0] ?? '');

describe('A provider’s fixture', () => {
  it.each(replayable.map((fixture) => [fixture.file, fixture] as const))(
    '%s is taken, and gives the message its status once',
    async (_file, fixture) => {
      const { provider } = fixture;
      const profile = profileOf[provider] ?? '';
      const serviceId = await t.aService(profile, provider);
      const request = requestOf(fixture);
      const reading = providers.get(provider)?.readStatus(request);
      const reference = reading?.kind === 'read' ? (reading.items[0]?.reference ?? '') : '';
      const isId = /^[\da-f-]{36}$/.test(reference) && !['sns-sms', 'pinpoint'].includes(provider);
      const id = await t.aMessage(serviceId, profile, {
        ...(isId ? { id: reference } : { provider_reference: reference }),
        ...(provider === 'ses' && { to: 'person@example.com', notification_type: 'email' }),
        ...(provider === 'dvla' && { to: '1 High Street', notification_type: 'letter' }),
      });
      const body = Buffer.from(request.body);
      const headers = { ...request.headers, ...(await t.shown(provider, body)) };
      delete (headers as Record<string, string>)['transfer-encoding'];
      for (let times = 1; times <= 2; times += 1) {
        const answer = await t.send(provider, { body, query: request.query.toString(), headers });
        expect(answer.statusCode).toBe(provider === 'dvla' ? 204 : 200);
        if (provider !== 'dvla') expect(answer.json()).toEqual({ result: 'success' });
      }
      const history = (await t.call('GET', `/v1/notifications/${id}/callbacks`)).json<{
        items: { status: string }[];
      }>();
      const expected = expectedOf(fixture);
      expect(history.items.map(({ status }) => status)).toEqual(expected === null ? [] : [expected]);
    },
  );
});

describe('A notification of SES', () => {
  const unsigned = providerFixtures.filter(
    ({ file, expect: { status, gc_status: gc } }) =>
      file.startsWith('ses-sns') && (status ?? gc) !== undefined,
  );

  it.each(unsigned.map((fixture) => [fixture.file, fixture] as const))(
    '%s gives the e-mail its status, or is a complaint of it',
    async (_file, fixture) => {
      const serviceId = await t.aService('gc-notify', 'ses', { credentials: { type: 'none' } });
      const id = await t.aMessage(serviceId, 'gc-notify', {
        ...{ to: 'person@example.com', notification_type: 'email' },
        provider_reference: '0102018f5d2a7c31-5a0f6c1e-2b7d-4e8c-9f31-7a6b5c4d3e2f-000000',
      });
      const { headers, body } = requestOf(fixture);
      expect((await t.send('ses', { body: Buffer.from(body), headers })).statusCode).toBe(200);
      const statuses = t.ports.memory.statuses.get(id) ?? [];
      const { status, gc_status: gc } = fixture.expect;
      const expected = status === 'unchanged' ? [] : [gc ?? status];
      expect(statuses.filter(({ event }) => event !== 'complaint').map((own) => own.status)).toEqual(
        expected,
      );
      expect(statuses.some(({ event }) => event === 'complaint')).toBe(fixture.file.includes('complaint'));
    },
  );
});

describe('A provider’s request', () => {
  const mmg = fixtureBytes({ file: 'mmg-dlr-delivered-handset.json' });
  const authorization = basic('notify', 'the-providers-password');

  it.each([
    ['no credentials', {}, 401],
    ['another password', { authorization: basic('notify', 'another') }, 403],
    ['another user', { authorization: basic('other', 'the-providers-password') }, 403],
    ['what is no Basic', { authorization: 'Basic !!!' }, 403],
  ])('with %s is refused, and changes nothing', async (_what, headers, status) => {
    const serviceId = await t.aService('govuk-notify', 'mmg');
    const id = await t.aMessage(serviceId, 'govuk-notify', { id: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10' });
    expect((await t.send('mmg', { body: mmg, headers })).statusCode).toBe(status);
    expect((await t.call('GET', `/v1/notifications/${id}`)).json()).toMatchObject({ status: 'created' });
  });

  it('may show a token in its URL instead, or nothing where the operator has chosen so', async () => {
    const token = 'a-token-in-the-url';
    const withToken = await t.aService('govuk-notify', 'mmg', { credentials: { token } });
    await t.aMessage(withToken, 'govuk-notify', { id: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10' });
    expect((await t.send('mmg', { body: mmg, query: `token=${token}` })).statusCode).toBe(200);
    expect((await t.send('mmg', { body: mmg, query: 'token=another' })).statusCode).toBe(403);
    await t.call('PUT', `/v1/services/${withToken}/providers/mmg`, {
      body: { credentials: { type: 'none' } },
    });
    expect((await t.send('mmg', { body: mmg })).statusCode).toBe(200);
  });

  it('speaks for the services whose credentials it shows, and for no message of another provider', async () => {
    await t.aService('govuk-notify', 'mmg');
    const other = await t.aService('govuk-notify', 'mmg', {
      credentials: { username: 'other', password: 'x' },
    });
    await t.aMessage(other, 'govuk-notify', { id: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10' });
    expect((await t.send('mmg', { body: mmg, headers: { authorization } })).statusCode).toBe(200);
    expect(
      (await t.call('GET', '/v1/notifications/9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10')).json(),
    ).toMatchObject({
      status: 'created',
    });
    expect(t.ports.receipts.early).toHaveLength(1);
  });

  it('that cannot be read is refused in the words of the family, and one that is too large before it is read', async () => {
    await t.aService('govuk-notify', 'mmg');
    const unreadable = await t.send('mmg', {
      body: Buffer.from('{"status": "3"'),
      headers: { authorization },
    });
    expect([unreadable.statusCode, unreadable.json()]).toEqual([
      400,
      { result: 'error', message: ['MMG callback failed: the body cannot be read'] },
    ]);
    const large = await t.send('mmg', {
      body: Buffer.alloc(10 * 1024 * 1024, 'x'),
      headers: { authorization },
    });
    expect(large.statusCode).toBe(413);
    expect((await t.send('nobody', { body: mmg })).statusCode).toBe(404);
    const posted = await t.app.inject({ method: 'POST', url: '/v1/providers/spryng/status' });
    expect(posted.statusCode).toBe(404);
  });

  it('of Firetext that declines without a code is a temporary failure where the message was pending', async () => {
    const serviceId = await t.aService('govuk-notify', 'firetext');
    const declined = fixtureBytes({ file: 'firetext-dlr-declined-no-code.txt' });
    const id = await t.aMessage(serviceId, 'govuk-notify', { id: '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10' });
    const send = (body: Buffer) => t.send('firetext', { body, headers: { authorization } });
    await send(Buffer.from(declined.toString('utf8').replace('status=1', 'status=2')));
    expect((await t.call('GET', `/v1/notifications/${id}`)).json()).toMatchObject({ status: 'pending' });
    await send(declined);
    expect((await t.call('GET', `/v1/notifications/${id}`)).json()).toMatchObject({
      status: 'temporary-failure',
    });
  });

  it('of a letter is refused when its token signs another letter’s id', async () => {
    const serviceId = await t.aService('govuk-notify', 'dvla');
    const fixture = providerFixtures.find(({ provider }) => provider === 'dvla');
    const body = Buffer.from(
      fixtureBytes({ file: 'dvla-letter-rejected.json' })
        .toString('utf8')
        .replace('1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b4', '1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b5'),
    );
    await t.aMessage(serviceId, 'govuk-notify', {
      ...{ id: '1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b5', to: 'x', notification_type: 'letter' },
    });
    expect((await t.send('dvla', { body, query: fixture?.query ?? '' })).statusCode).toBe(400);
    expect((await t.send('dvla', { body, query: 'token=x.y' })).statusCode).toBe(403);
  });

  it('of SNS is refused once a byte of it is another, for a topic that is nobody’s, and with a certificate from elsewhere', async () => {
    const serviceId = await t.aService('govuk-notify', 'ses');
    const good = fixtureBytes({ file: 'sns-signed-v2-ses-delivery.json' }).toString('utf8');
    const answerTo = async (body: string) => {
      const headers = { 'content-type': 'text/plain', 'x-amz-sns-message-type': 'Notification' };
      return (await t.send('ses', { body: Buffer.from(body), headers })).statusCode;
    };
    for (const changed of [
      good.replace('Delivery', 'Bounce'),
      good.replace('"Signature": "', '"Signature": "A'),
      // The certificate's URL is not among what is signed.
      good.replace('https://sns.eu-west-1.amazonaws.com/Simple', 'https://evil.example/Simple'),
    ])
      expect(await answerTo(changed)).toBe(403);
    expect(await answerTo(good)).toBe(200);
    const topics = { topic_arns: ['arn:aws:sns:eu-west-1:123456789012:another'] };
    await t.call('PUT', `/v1/services/${serviceId}/providers/ses`, { body: { credentials: topics } });
    expect(await answerTo(good)).toBe(403);
  });

  it('by which SNS asks about a subscription is answered where SNS itself asks', async () => {
    await t.aService('govuk-notify', 'ses');
    const body = fixtureBytes({ file: 'sns-signed-v1-subscription-confirmation.json' });
    const headers = { 'x-amz-sns-message-type': 'SubscriptionConfirmation' };
    expect((await t.send('ses', { body, headers })).statusCode).toBe(200);
    expect(t.ports.confirmed).toEqual([
      expect.stringContaining('https://sns.eu-west-1.amazonaws.com/') as string,
    ]);
  });

  it('of Twilio is refused once any byte of its body is another', async () => {
    await t.aService('notify-gov-au', 'twilio');
    const body = fixtureBytes({ file: 'twilio-status-queued.txt' });
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signedByTwilio(body),
    };
    expect((await t.send('twilio', { body, headers })).statusCode).toBe(200);
    for (let place = 0; place < body.length; place += 7) {
      const changed = Buffer.from(body);
      changed[place] = changed[place] === 0x41 ? 0x42 : 0x41;
      expect((await t.send('twilio', { body: changed, headers })).statusCode).toBe(403);
    }
  });
});
