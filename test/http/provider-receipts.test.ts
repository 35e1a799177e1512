// What becomes of what providers report.
import fc from 'fast-check';
import { providers } from '../../src/providers/index.ts';
import { basic, createProviderApp, credentials, signedByTwilio } from '../support/provider-app.ts';
import { fixtureBytes, providerFixtures, requestOf } from '../support/provider-fixtures.ts';

let t: Awaited<ReturnType<typeof createProviderApp>>;

beforeEach(async () => {
  t = await createProviderApp();
});
afterEach(() => t.app.close());

describe('A receipt that comes before its message', () => {
  const mmg = fixtureBytes({ file: 'mmg-dlr-delivered-handset.json' });
  const headers = { authorization: basic('notify', 'the-providers-password') };
  const id = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';

  it('is kept, also when it is repeated, and matched when the message appears', async () => {
    const serviceId = await t.aService('govuk-notify', 'mmg');
    for (let times = 1; times <= 2; times += 1)
      expect((await t.send('mmg', { body: mmg, headers })).statusCode).toBe(200);
    expect(await t.ports.lookAtEarlyReceipts(new Date())).toEqual({ matched: 0, dropped: [], failed: [] });
    await t.aMessage(serviceId, 'govuk-notify', { id });
    expect(await t.ports.lookAtEarlyReceipts(new Date())).toEqual({ matched: 1, dropped: [], failed: [] });
    expect((await t.call('GET', `/v1/notifications/${id}`)).json()).toMatchObject({ status: 'delivered' });
    await t.send('mmg', { body: mmg, headers });
    const history = await t.call('GET', `/v1/notifications/${id}/callbacks`);
    expect(history.json<{ items: object[] }>().items).toHaveLength(1);
  });

  it('is dropped, and counted, when nobody has registered the message within five minutes', async () => {
    await t.aService('govuk-notify', 'mmg');
    await t.send('mmg', { body: mmg, headers });
    const before = new Date(Date.now() + 299_000);
    expect((await t.ports.lookAtEarlyReceipts(before)).dropped).toEqual([]);
    const after = new Date(Date.now() + 301_000);
    expect((await t.ports.lookAtEarlyReceipts(after)).dropped).toMatchObject([{ provider: 'mmg' }]);
    expect(t.ports.receipts.early).toEqual([]);
  });
});

describe('A message to a Dispatch destination', () => {
  it('is told of in Twilio’s own words', async () => {
    const serviceId = await t.aService('dispatch', 'twilio');
    const campaign = await t.call('POST', '/v1/campaigns', { body: { service_id: serviceId, name: 'x' } });
    const communication = await t.call(
      'POST',
      `/v1/campaigns/${campaign.json<{ id: string }>().id}/communications`,
      {
        body: { name: 'x', mode: 'live', callbacks: [] },
      },
    );
    const batch = await t.call(
      'POST',
      `/v1/communications/${communication.json<{ id: string }>().id}/batches`,
      {
        body: {
          members: [
            {
              destinations: [
                {
                  type: 'sms',
                  to: '+61491570156',
                  provider: 'twilio',
                  provider_reference: 'SMa1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4',
                },
              ],
            },
          ],
        },
      },
    );
    for (const file of [
      'twilio-status-queued.txt',
      'twilio-status-undelivered-30005.txt',
      'twilio-status-read-unmapped.txt',
    ]) {
      const body = fixtureBytes({ file });
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signedByTwilio(body),
      };
      expect((await t.send('twilio', { body, headers })).statusCode).toBe(200);
    }
    const [member] = batch.json<{ members: { id: string }[] }>().members;
    const history = await t.call('GET', `/v1/notifications/${member?.id ?? ''}/callbacks`);
    expect(history.json<{ items: { status: string }[] }>().items.map(({ status }) => status)).toEqual([
      ...['queued', 'undelivered', 'processed', 'read'],
    ]);
  });
});

describe('A webhook of Twilio', () => {
  it('is checked against the URL it came to, where no public one is configured', async () => {
    await t.aService('notify-gov-au', 'twilio', { public_url: undefined });
    const body = fixtureBytes({ file: 'twilio-status-queued.txt' });
    const of = async (url: string) => {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signedByTwilio(body, url),
      };
      return (await t.send('twilio', { body, headers })).statusCode;
    };
    expect(await of('http://localhost:80/v1/providers/twilio/status')).toBe(200);
    expect(await of('http://localhost/v1/providers/twilio/status')).toBe(200);
    expect(await of('https://localhost/v1/providers/twilio/status')).toBe(403);
  });
});

describe('No request of a provider whatever', () => {
  it('is answered with a fault of ours, or taken without its credentials', async () => {
    const names = [...providers.keys()];
    for (const name of names) await t.aService('notify-gov-au', name, { credentials: { type: 'none' } });
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
      fc.constantFrom(...providerFixtures.map(({ file }) => fixtureBytes({ file }))),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.constantFrom('status', 'inbound'),
        bodies,
        fc.webQueryParameters(),
        fc.constantFrom(
          'application/json',
          'application/x-www-form-urlencoded',
          'text/plain',
          'x',
          undefined,
        ),
        async (name, what, body, query, type) => {
          const headers = type === undefined ? {} : { 'content-type': type };
          const answer = await t.send(name, { body, query, headers }, what);
          expect(answer.statusCode).toBeLessThan(500);
        },
      ),
      { numRuns: 500 },
    );
  }, 60_000);
});

describe('No fixture', () => {
  it.each(providerFixtures.map((fixture) => [fixture.file, fixture] as const))(
    '%s changes anything without the credentials that its service has for its provider',
    async (_file, fixture) => {
      const { provider } = fixture;
      const serviceId = await t.aService('notify-gov-au', provider, {
        ...(provider === 'ses' && {
          credentials: { topic_arns: ['arn:aws:sns:eu-west-1:123456789012:another'] },
        }),
        ...(provider === 'dvla' && { credentials: { secret_key: 'another', salt: 'another' } }),
      });
      const id = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
      await t.aMessage(serviceId, 'notify-gov-au', { id });
      const { body, headers, query } = requestOf(fixture);
      for (const what of ['status', ...(fixture.file.includes('inbound') ? ['inbound'] : [])]) {
        const answer = await t.send(
          provider,
          { body: Buffer.from(body), headers, query: query.toString() },
          what,
        );
        expect([401, 403]).toContain(answer.statusCode);
      }
      expect([...t.ports.memory.statuses.values()].flat()).toEqual([]);
      expect(t.ports.receipts.early).toEqual([]);
    },
  );
});

describe('A text message that a provider brings', () => {
  const body = fixtureBytes({ file: 'firetext-inbound.txt' });
  const headers = {
    authorization: basic('notify', 'the-providers-password'),
    'content-type': 'application/x-www-form-urlencoded',
  };

  it('goes once to the service whose number it was sent to', async () => {
    await t.aService('govuk-notify', 'firetext', { inbound_numbers: ['+447700900111'] });
    const serviceId = await t.aService('govuk-notify', 'firetext', { inbound_numbers: ['+447700900789'] });
    for (let times = 1; times <= 2; times += 1) {
      const answer = await t.send('firetext', { body, headers }, 'inbound');
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
    }
    const rows = [...t.ports.memory.statuses.values()].flat();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.details).toMatchObject({
      message: 'Yes please',
      dateReceived: '2026-06-15T12:31:44.000000Z',
    });
    expect([...t.ports.memory.conversations.keys()]).toEqual([`${serviceId}/live/447700900456`]);
  });

  it('of Twilio and of SAP is told of as the others’, whichever of SAP’s numbers is ours', async () => {
    const inbound_numbers = ['+61491570156'];
    const serviceId = await t.aService('notify-gov-au', 'twilio', { inbound_numbers });
    await t.call('PUT', `/v1/services/${serviceId}/providers/sap`, {
      body: { credentials: credentials['oauth2'], inbound_numbers },
    });
    const form = Buffer.from('MessageSid=SM1&From=%2B61491570110&To=%2B61491570156&Body=Hello');
    const twilio = await t.send(
      'twilio',
      {
        body: form,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': signedByTwilio(
            form,
            'https://callbacks.example.org/v1/providers/twilio/inbound',
          ),
        },
      },
      'inbound',
    );
    expect([twilio.statusCode, twilio.headers['content-type'], twilio.body]).toEqual([
      200,
      'text/xml',
      '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    ]);
    for (const [messageId, originatingAddress, msisdn] of [
      ['1', '61491570156', '61491570110'],
      ['2', '61491570110', '61491570156'],
    ]) {
      const sap = Buffer.from(
        JSON.stringify({ messageId, originatingAddress, msisdn, message: `Hello ${messageId}` }),
      );
      expect(
        (await t.send('sap', { body: sap, headers: await t.shown('sap', sap) }, 'inbound')).statusCode,
      ).toBe(200);
    }
    expect([...t.ports.memory.conversations.keys()]).toEqual([`${serviceId}/live/+61491570110`]);
    const texts = [...t.ports.memory.statuses.values()]
      .flat()
      .map(({ details }) => (details as { message: string }).message);
    expect(texts).toEqual(['Hello', 'Hello 1', 'Hello 2']);
  });

  it('is answered alike for a number that is nobody’s, and not for a provider that brings none', async () => {
    await t.aService('govuk-notify', 'firetext');
    expect((await t.send('firetext', { body, headers }, 'inbound')).statusCode).toBe(200);
    expect([...t.ports.memory.statuses.values()].flat()).toEqual([]);
    await t.aService('govuk-notify', 'mmg');
    const ofMmg = { MSISDN: '447700900456', Number: '447700900789', Message: 'Hello', ID: '1' };
    const answer = await t.send('mmg', { body: Buffer.from(JSON.stringify(ofMmg)), headers }, 'inbound');
    expect([answer.statusCode, answer.body]).toEqual([200, 'RECEIVED']);
    expect((await t.send('telstra', { body, headers }, 'inbound')).statusCode).toBe(404);
  });
});
