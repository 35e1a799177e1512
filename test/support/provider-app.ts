// Providers that report over fakes, each showing itself as its fixtures do.
import { createHmac } from 'node:crypto';
import { providers } from '../../src/providers/index.ts';
import type { HttpDeps } from '../../src/http/deps.ts';
import { createTestApp } from './test-app.ts';

const authToken = '0123456789abcdef0123456789abcdef';
const publicUrl = 'https://callbacks.example.org';
const topic = 'arn:aws:sns:eu-west-1:123456789012:ses-callback';
export const credentials: Readonly<Record<string, object>> = {
  password_or_token: { username: 'notify', password: 'the-providers-password' },
  twilio: { auth_token: authToken },
  sns: { topic_arns: [topic] },
  oauth2: { client_id: 'sap', client_secret: 'the-secret-of-sap' },
  signed_token: { secret_key: 'dev-notify-secret-key', salt: 'dev-notify-salt' },
};
export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;

export const signedByTwilio = (body: Buffer, url = `${publicUrl}/v1/providers/twilio/status`): string => {
  const form = [...new URLSearchParams(body.toString('utf8'))].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const text = url + form.map(([name, value]) => name + value).join('');
  return createHmac('sha1', authToken).update(text).digest('base64');
};

const recipients: Readonly<Record<string, object>> = {
  'govuk-notify': { to: '07700900123', notification_type: 'sms' },
  'gc-notify': { to: '+16135550142', notification_type: 'sms' },
  'notify-gov-au': { to: '+61491570156', notification_type: 'sms' },
  notifynl: { to: '+31612345678', notification_type: 'sms' },
};
type Sent = { body?: Buffer; query?: string; headers?: Record<string, string> };
export async function createProviderApp(changes: Partial<HttpDeps> = {}) {
  const t = await createTestApp(changes);

  async function aService(profile: string, provider: string, settings: object = {}): Promise<string> {
    const { id } = (await t.call('POST', '/v1/services', { body: { name: 'Any', profile } })).json<{
      id: string;
    }>();
    const proof = providers.get(provider)?.proof ?? '';
    const answer = await t.call('PUT', `/v1/services/${id}/providers/${provider}`, {
      body: {
        credentials: credentials[proof],
        ...(proof === 'twilio' && { public_url: publicUrl }),
        ...settings,
      },
    });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return id;
  }

  async function aMessage(serviceId: string, profile: string, body: object): Promise<string> {
    const answer = await t.call('POST', '/v1/notifications', {
      body: { service_id: serviceId, ...recipients[profile], ...body },
    });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return answer.json<{ id: string }>().id;
  }

  async function send(
    provider: string,
    { body = Buffer.alloc(0), query = '', headers = {} }: Sent,
    what = 'status',
  ) {
    return t.app.inject({
      method: provider === 'spryng' ? 'GET' : 'POST',
      url: `/v1/providers/${provider}/${what}${query === '' ? '' : `?${query}`}`,
      headers,
      ...(provider !== 'spryng' && { payload: body }),
    });
  }

  /** The headers with which a provider shows that a request is its own. */
  async function shown(provider: string, body: Buffer): Promise<Record<string, string>> {
    switch (providers.get(provider)?.proof) {
      case 'password_or_token':
        return { authorization: basic('notify', 'the-providers-password') };
      case 'twilio':
        return { 'x-twilio-signature': signedByTwilio(body) };
      case 'oauth2': {
        const token = await t.app.inject({
          method: 'POST',
          url: '/v1/providers/sap/oauth2/token',
          headers: {
            authorization: basic('sap', 'the-secret-of-sap'),
            'content-type': 'application/x-www-form-urlencoded',
          },
          payload: 'grant_type=client_credentials',
        });
        return { authorization: `Bearer ${token.json<{ access_token: string }>().access_token}` };
      }
      default:
        return {};
    }
  }

  return { ...t, aService, aMessage, send, shown };
}
