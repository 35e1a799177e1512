import { basic, createProviderApp, credentials } from '../support/provider-app.ts';

let t: Awaited<ReturnType<typeof createProviderApp>>;

beforeEach(async () => {
  t = await createProviderApp();
});
afterEach(() => t.app.close());

describe('The configuration of a provider', () => {
  it('is never read back, and is for the operator', async () => {
    const serviceId = await t.aService('govuk-notify', 'mmg');
    const path = `/v1/services/${serviceId}/providers/mmg`;
    const again = await t.call('PUT', path, { body: { credentials: credentials['password_or_token'] } });
    expect(again.statusCode).toBe(200);
    expect(again.body).not.toContain('the-providers-password');
    expect(again.json()).toMatchObject({
      provider: 'mmg',
      service_id: serviceId,
      credential_type: 'password_or_token',
    });
    const { as } = await t.addService();
    expect((await t.call('PUT', path, { as, body: { credentials: {} } })).statusCode).toBe(403);
    expect((await t.call('DELETE', path)).statusCode).toBe(204);
    expect((await t.call('DELETE', path)).statusCode).toBe(404);
  });

  it.each([
    ['credentials of another kind', 'mmg', { credentials: { auth_token: 'x' } }, 'credentials'],
    ['a token that could be guessed', 'mmg', { credentials: { token: 'short' } }, 'credentials'],
    [
      'a number that is none',
      'mmg',
      { credentials: { type: 'none' }, inbound_numbers: ['07700900123'] },
      'inbound_numbers.0',
    ],
    [
      'numbers for a provider that brings nothing',
      'ses',
      { credentials: { type: 'none' }, inbound_numbers: ['+447700900123'] },
      'inbound_numbers',
    ],
    [
      'a public URL with a path',
      'twilio',
      { credentials: { auth_token: 'x' }, public_url: 'https://a.example/x' },
      'public_url',
    ],
    ['a topic that is none', 'ses', { credentials: { topic_arns: ['x'] } }, 'credentials'],
  ])('is refused for %s', async (_what, provider, body, path) => {
    const { id } = await t.addService();
    const answer = await t.call('PUT', `/v1/services/${id}/providers/${provider}`, { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ errors: { path: string }[] }>().errors[0]?.path).toBe(path);
  });

  it('is refused for a provider or a service that there is not', async () => {
    const { id } = await t.addService();
    const body = { credentials: { type: 'none' } };
    expect((await t.call('PUT', `/v1/services/${id}/providers/nobody`, { body })).statusCode).toBe(404);
    const other = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
    expect((await t.call('PUT', `/v1/services/${other}/providers/mmg`, { body })).statusCode).toBe(404);
  });

  it('has room for 50 accounts of Twilio that no request names, and for any number of the others', async () => {
    const put = async (given: object): Promise<number> => {
      const { id } = (
        await t.call('POST', '/v1/services', { body: { name: 'Any', profile: 'notify-gov-au' } })
      ).json<{ id: string }>();
      const body = { credentials: given };
      return (await t.call('PUT', `/v1/services/${id}/providers/twilio`, { body })).statusCode;
    };
    for (let place = 0; place < 50; place += 1) expect(await put({ auth_token: `token ${place}` })).toBe(201);
    expect(await put({ auth_token: 'token 50' })).toBe(400);
    expect(await put({ auth_token: 'token 49' })).toBe(201);
    expect(await put({ auth_token: 'token 50', account_sid: 'AC50' })).toBe(201);
  });

  it('gives SAP no token without its secret', async () => {
    await t.aService('notify-gov-au', 'sap');
    const ask = (authorization: string, payload: string) =>
      t.app.inject({
        method: 'POST',
        url: '/v1/providers/sap/oauth2/token',
        headers: { authorization },
        payload,
      });
    const good = basic('sap', 'the-secret-of-sap');
    expect((await ask(basic('sap', 'another'), 'grant_type=client_credentials')).statusCode).toBe(401);
    expect((await ask(good, 'grant_type=password')).statusCode).toBe(400);
    expect((await t.send('sap', { headers: { authorization: 'Bearer made-up' } })).statusCode).toBe(403);
  });
});
