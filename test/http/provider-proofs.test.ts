// What a provider's request costs before it has proven whose it is, and what is believed of it then.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { providerContext } from '../../src/domain/secret-contexts.ts';
import { snsEnvelopeLifeMs } from '../../src/signing/sns-signature.ts';
import { basic, createProviderApp, credentials, signedByTwilio } from '../support/provider-app.ts';
import { fixtureBytes } from '../support/provider-fixtures.ts';

let t: Awaited<ReturnType<typeof createProviderApp>>;

beforeEach(async () => {
  t = await createProviderApp();
});
afterEach(() => t.app.close());

const formType = { 'content-type': 'application/x-www-form-urlencoded' };
const authorization = basic('notify', 'the-providers-password');
const eventsOf = (id: string) => (t.ports.memory.statuses.get(id) ?? []).map(({ status }) => status);

/** The status of the answer to a POST whose body does not come. */
async function answerBeforeBody(path: string, headers: Record<string, string>): Promise<number | undefined> {
  const url = await t.app.listen({ port: 0, host: '127.0.0.1' });
  const pending = httpRequest(`${url}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-length': '1000' },
  });
  pending.on('error', () => undefined);
  pending.flushHeaders();
  try {
    const signal = AbortSignal.timeout(10_000);
    const [answer] = (await once(pending, 'response', { signal })) as [IncomingMessage];
    return answer.statusCode;
  } finally {
    pending.destroy();
  }
}

describe('Before its proof', () => {
  it('a form with 40,000 names is refused in no time, and the process goes on answering', async () => {
    await t.aService('notify-gov-au', 'twilio');
    const url = await t.app.listen({ port: 0, host: '127.0.0.1' });
    const body = Array.from({ length: 40_000 }, (_own, place) => place.toString(36)).join('&');
    const startedMs = performance.now();
    const attack = fetch(`${url}/v1/providers/twilio/status`, {
      method: 'POST',
      headers: { ...formType, 'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
      body,
    });
    // What is to be answered meanwhile waits for as long as the process is held up.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await fetch(`${url}/livez`)).status).toBeLessThan(500);
    expect((await attack).status).toBe(413);
    expect(performance.now() - startedMs).toBeLessThan(3000);
  }, 60_000);

  it.each([
    ['mmg', {}],
    ['twilio', { authorization }],
    ['ses', { authorization }],
    ['sap', { 'x-twilio-signature': 'x' }],
    ['dvla', { authorization }],
  ])(
    'a request of %s that shows nothing is refused while its body is still to come',
    async (provider, headers: Record<string, string>) => {
      await t.aService('govuk-notify', provider);
      const answer = await answerBeforeBody(`/v1/providers/${provider}/status`, headers);
      expect(answer).toBe(401);
    },
  );

  it('SAP’s token is refused while the form is still to come, where no credentials are shown', async () => {
    expect(await answerBeforeBody('/v1/providers/sap/oauth2/token', formType)).toBe(401);
  });

  it.each([
    ['a query of more than 500 fields', 'mmg', { query: 'a&'.repeat(600) }, {}],
    ['a form of more than 500 fields', 'twilio', { body: Buffer.from('a&'.repeat(600)) }, formType],
    ['a larger body than Twilio sends', 'twilio', { body: Buffer.alloc(65_537, 'a') }, formType],
    ['a larger body than MMG sends', 'mmg', { body: Buffer.alloc(65_537, ' ') }, {}],
    ['a larger body than SNS sends', 'ses', { body: Buffer.alloc(320 * 1024 + 1, ' ') }, {}],
  ])('%s is refused', async (_what, provider, sent, headers) => {
    await t.aService('notify-gov-au', provider);
    const shown = { authorization, 'x-twilio-signature': 'x', 'x-amz-sns-message-type': 'Notification' };
    const answer = await t.send(provider, { ...sent, headers: { ...shown, ...headers } });
    expect(answer.statusCode).toBe(413);
  });

  it('a host that is none is no fault of ours', async () => {
    await t.aService('notify-gov-au', 'twilio', { public_url: undefined });
    const headers = { host: 'a b:c/[', 'x-twilio-signature': 'x', ...formType };
    expect((await t.send('twilio', { body: Buffer.from('a=1'), headers })).statusCode).toBeLessThan(500);
  });

  it.each([
    ['firetext', 'status=0&reference=9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10&a'],
    ['messagebox', 'status=10&reference=9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10&a'],
    ['twilio', 'MessageSid=SM1&MessageStatus=sent&a'],
  ])('and after it, a form of %s has at most 500 fields', async (provider, form) => {
    await t.aService('notify-gov-au', provider, { credentials: { type: 'none' } });
    const sent = (fields: number) =>
      t.send(provider, { body: Buffer.from(form + '&a'.repeat(fields)), headers: { authorization } });
    expect((await sent(490)).statusCode).toBe(200);
    expect((await sent(500)).statusCode).toBe(400);
  });
});

describe('What SNS has signed', () => {
  const good = fixtureBytes({ file: 'sns-signed-v2-ses-delivery.json' }).toString('utf8');
  const envelope = JSON.parse(good) as Record<string, unknown>;
  const { Messages } = JSON.parse(fixtureBytes({ file: 'gc-ses-batch-task-args.json' }).toString('utf8')) as {
    Messages: { mail: { messageId: string } }[];
  };
  const headers = { 'x-amz-sns-message-type': 'Notification' };
  const send = (body: object) => t.send('ses', { body: Buffer.from(JSON.stringify(body)), headers });
  const aMail = async (reference: string, settings: object = {}) => {
    const serviceId = await t.aService('govuk-notify', 'ses', settings);
    return t.aMessage(serviceId, 'govuk-notify', {
      ...{ to: 'person@example.com', notification_type: 'email', provider_reference: reference },
    });
  };

  it('is what is read: messages beside it are not believed', async () => {
    const { messageId: own } = (JSON.parse(envelope['Message'] as string) as { mail: { messageId: string } })
      .mail;
    const id = await aMail(own);
    const other = await t.aMessage(
      t.ports.memory.notifications.get(id)?.notification.service_id ?? '',
      'govuk-notify',
      {
        ...{ to: 'other@example.com', notification_type: 'email', provider_reference: 'another-message' },
      },
    );
    const forged = Messages.map((one) => ({ ...one, mail: { ...one.mail, messageId: 'another-message' } }));
    expect((await send({ ...envelope, Messages: forged })).statusCode).toBe(200);
    expect(eventsOf(other)).toEqual([]);
    expect(eventsOf(id)).toEqual(['delivered']);
  });

  it('is asked for unless the operator has chosen no check: then several messages are taken, and one without an envelope', async () => {
    const [first] = Messages;
    const reference = first?.mail.messageId ?? '';
    await aMail(reference);
    for (const body of [{ Messages }, first ?? {}]) expect((await send(body)).statusCode).toBe(403);

    const id = await aMail(reference, { credentials: { type: 'none' } });
    const { statusCode } = await t.send('ses', { body: Buffer.from(JSON.stringify({ Messages })) });
    expect([statusCode, eventsOf(id)]).toEqual([200, ['delivered', 'temporary-failure']]);
    expect((await t.send('ses', { body: Buffer.from(JSON.stringify(first)) })).statusCode).toBe(200);
    const tooMany = Array.from({ length: 101 }, () => first);
    expect((await send({ Messages: tooMany })).statusCode).toBe(400);
  });

  it.each([
    ['SNS has stopped delivering it', snsEnvelopeLifeMs, snsEnvelopeLifeMs + 1],
    ['it is of the future', -300_000, -300_001],
  ])('is refused once %s', async (_what, lastMs, tooFarMs) => {
    await t.aService('govuk-notify', 'ses');
    const at = Date.parse(envelope['Timestamp'] as string);
    t.ports.clock.now = new Date(at + lastMs);
    expect((await send(envelope)).statusCode).toBe(200);
    t.ports.clock.now = new Date(at + tooFarMs);
    const answer = await send(envelope);
    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
      403,
      expect.stringContaining('does not deliver it'),
    ]);
    const confirmation = fixtureBytes({ file: 'sns-signed-v1-subscription-confirmation.json' });
    t.ports.clock.now = new Date(at + 24 * 3600_000);
    expect((await t.send('ses', { body: confirmation, headers })).statusCode).toBe(403);
    expect(t.ports.confirmed).toEqual([]);
  });

  it('is looked at for a topic that is somebody’s only, by SNS’s header and in the envelope', async () => {
    await t.aService('govuk-notify', 'ses');
    const of = async (topic: string) =>
      (
        await t.send('ses', {
          body: Buffer.from(good),
          headers: { ...headers, 'x-amz-sns-topic-arn': topic },
        })
      ).statusCode;
    expect(await of('arn:aws:sns:eu-west-1:123456789012:ses-callback')).toBe(200);
    expect(await of('arn:aws:sns:eu-west-1:123456789012:another')).toBe(403);
  });
});

describe('A repeat', () => {
  it('of a webhook that Twilio signed is one event, with its fields in another order, doubled, or under another token', async () => {
    const serviceId = await t.aService('notify-gov-au', 'twilio');
    const body = fixtureBytes({ file: 'twilio-status-queued.txt' });
    const id = await t.aMessage(serviceId, 'notify-gov-au', {
      provider_reference: 'SMa1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4',
    });
    const signature = signedByTwilio(body);
    const fields = body.toString('utf8').split('&');
    for (const [place, written] of [
      fields,
      [...fields].reverse(),
      [...fields, ...fields],
      fields.map((field) => field.replace('queued', '%71ueued')),
    ].entries()) {
      const answer = await t.send('twilio', {
        body: Buffer.from(written.join('&')),
        headers: {
          ...{ ...formType, 'x-twilio-signature': signature },
          'i-twilio-idempotency-token': `token ${place}`,
        },
      });
      expect(answer.statusCode).toBe(200);
    }
    expect(eventsOf(id)).toEqual(['sending']);
  });

  const id = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
  it.each([
    ['mmg', '{"status":"3","CID":"ID"}', ' { "CID" : "ID", "status": "3", "x": null } '],
    ['firetext', 'status=0&reference=ID&code=000', 'code=000&reference=ID&status=0&status=1'],
    ['messagebox', 'status=10&reference=ID', 'reference=%49D&status=10'],
  ])('of %s is one event, however it is written', async (provider, ...bodies) => {
    const serviceId = await t.aService('govuk-notify', provider);
    await t.aMessage(serviceId, 'govuk-notify', { id });
    for (const body of bodies)
      expect(
        (
          await t.send(provider, {
            body: Buffer.from(body.replace(/(ID|%49D)(?!")|"ID"/g, (found) => found.replace(/ID|%49D/, id))),
            headers: { authorization },
          })
        ).statusCode,
      ).toBe(200);
    expect(eventsOf(id)).toHaveLength(1);
  });

  it('of Spryng is one event, whatever the order of its query', async () => {
    const serviceId = await t.aService('notifynl', 'spryng');
    await t.aMessage(serviceId, 'notifynl', { id });
    for (const query of [`STATUS=10&REASONCODE=0&REFERENCE=${id}`, `REFERENCE=${id}&REASONCODE=0&STATUS=10`])
      expect((await t.send('spryng', { query, headers: { authorization } })).statusCode).toBe(200);
    expect(eventsOf(id)).toHaveLength(1);
  });
});

describe('SAP’s access token', () => {
  const body = fixtureBytes({ file: 'au-sap-received.json' });
  const statusWith = async (headers: Record<string, string>) =>
    (await t.send('sap', { body, headers })).statusCode;
  const configure = (serviceId: string, given: object) =>
    t.call('PUT', `/v1/services/${serviceId}/providers/sap`, { body: { credentials: given } });

  it('ends with the secret that it was given for, and with the settings', async () => {
    const serviceId = await t.aService('notify-gov-au', 'sap');
    const headers = await t.shown('sap', body);
    expect(await statusWith(headers)).toBe(200);
    await configure(serviceId, { client_id: 'sap', client_secret: 'another-secret-of-sap' });
    expect(await statusWith(headers)).toBe(403);
    await configure(serviceId, credentials['oauth2'] ?? {});
    expect(await statusWith(headers)).toBe(200);
    await t.call('DELETE', `/v1/services/${serviceId}/providers/sap`);
    expect(await statusWith(headers)).toBe(403);
  });

  it('speaks for whoever has its account, and not for a service that has another one since', async () => {
    const moved = await t.aService('notify-gov-au', 'sap');
    const headers = await t.shown('sap', body);
    const stays = await t.aService('notify-gov-au', 'sap');
    const messageId = (JSON.parse(body.toString('utf8')) as { messageId: string }).messageId;
    const id = await t.aMessage(moved, 'notify-gov-au', { provider_reference: messageId });
    await configure(moved, { client_id: 'other', client_secret: 'the-secret-of-another' });
    expect(await statusWith(headers)).toBe(200);
    expect(eventsOf(id)).toEqual([]);
    const own = await t.aMessage(stays, 'notify-gov-au', { provider_reference: messageId });
    expect(await statusWith(headers)).toBe(200);
    expect(eventsOf(own)).toHaveLength(1);
  });
});

describe('Credentials that cannot be decrypted', () => {
  it('concern their own service: it is named once, and the receipts of the others are taken', async () => {
    const lost = await t.aService('govuk-notify', 'mmg');
    const healthy = await t.aService('govuk-notify', 'mmg');
    await t.ports.providers.put(lost, 'mmg', {
      ...{ credentialType: 'password_or_token', inboundNumbers: [], publicUrl: null },
      sealedCredentials: t.ports.secrets.seal('{}', providerContext(healthy, 'mmg')),
    });
    t.ports.accounts.forget('mmg');
    const id = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
    await t.aMessage(healthy, 'govuk-notify', { id });
    const body = fixtureBytes({ file: 'mmg-dlr-delivered-handset.json' });
    for (let times = 1; times <= 2; times += 1) {
      expect((await t.send('mmg', { body, headers: { authorization } })).statusCode).toBe(200);
      t.ports.accounts.forget('mmg');
    }
    expect(eventsOf(id)).toEqual(['delivered']);
    expect(t.ports.unopened).toMatchObject([{ serviceId: lost, provider: 'mmg' }]);
  });
});
