import { createTestApp } from '../support/test-app.ts';

const unknownId = '00000000-0000-7000-8000-000000000000';

const setUp = async () => {
  const app = await createTestApp();
  const service = await app.addService();
  const notificationId = await app.addNotification(service.as);
  return { ...app, service, notificationId };
};
type Places = { service: string; notification: string };

const callbackUrl = ({ service }: Places) => `/v1/services/${service}/callbacks/delivery_status`;
const statusesUrl = ({ notification }: Places) => `/v1/notifications/${notification}/statuses`;
const services = () => '/v1/services';
const notifications = () => '/v1/notifications';
const keys = ({ service }: Places) => `/v1/services/${service}/api-keys`;

const service = { name: 'Permits', profile: 'govuk-notify' };
const callback = { url: 'https://example.com/callbacks' };
const notification = { to: 'person@example.com', notification_type: 'email' };

type Case = [
  what: string,
  method: 'POST' | 'PUT' | 'PATCH',
  url: (places: Places) => string,
  body: unknown,
  paths: string[],
];

const invalidFields: Case[] = [
  ['an unknown field', 'POST', services, { ...service, nmae: 'x' }, ['nmae']],
  ['several unknown fields', 'POST', services, { ...service, a: 1, b: 2 }, ['a', 'b']],
  [
    'fields named like parts of an object',
    'POST',
    services,
    { ...service, constructor: 1, toString: 2 },
    ['constructor', 'toString'],
  ],
  ['missing fields', 'POST', services, {}, ['name', 'profile']],
  ['wrong types', 'POST', services, { name: 5, profile: ['govuk-notify'] }, ['name', 'profile']],
  ['null for a field', 'POST', services, { ...service, name: null }, ['name']],
  ['an empty name', 'POST', services, { ...service, name: '' }, ['name']],
  ['a name that is too long', 'POST', services, { ...service, name: 'x'.repeat(256) }, ['name']],
  ['U+0000 in a text', 'POST', services, { ...service, name: 'a\u0000b' }, ['name']],
  [
    'half a surrogate pair in a text',
    'POST',
    services,
    '{"name":"\\ud800","profile":"govuk-notify"}',
    ['name'],
  ],
  ['an unknown profile', 'POST', services, { ...service, profile: 'postbote' }, ['profile']],
  [
    'a wrong address in a list',
    'POST',
    services,
    { ...service, notification_list: ['a@b.example', 'nobody'] },
    ['notification_list.1'],
  ],
  ['an array for a body', 'POST', services, [], ['body']],
  ['a text for a body', 'POST', services, '"text"', ['body']],
  ['null for a body', 'POST', services, 'null', ['body']],
  ['a change of nothing', 'PATCH', (places) => `/v1/services/${places.service}`, {}, ['body']],
  [
    'a change of what cannot be changed',
    'PATCH',
    (places) => `/v1/services/${places.service}`,
    { profile: 'x' },
    ['profile'],
  ],
  ['an unknown type of key', 'POST', keys, { name: 'CI', key_type: 'gold' }, ['key_type']],
  ['a name that no header can carry', 'POST', keys, { name: 'two words', key_type: 'live' }, ['name']],
  ['an http URL', 'PUT', callbackUrl, { url: 'http://example.com' }, ['url']],
  ['a malformed URL', 'PUT', callbackUrl, { url: 'example' }, ['url']],
  ['a URL with a password', 'PUT', callbackUrl, { url: 'https://a:b@example.com' }, ['url']],
  ['no URL', 'PUT', callbackUrl, {}, ['url']],
  ['a short token', 'PUT', callbackUrl, { ...callback, bearer_token: 'ninechars' }, ['bearer_token']],
  [
    'a short token in auth',
    'PUT',
    callbackUrl,
    { ...callback, auth: { type: 'bearer', token: 'ninechars' } },
    ['auth.token'],
  ],
  [
    'a token that would break its header',
    'PUT',
    callbackUrl,
    { ...callback, bearer_token: 'abcdefghij\r\nx: y' },
    ['bearer_token'],
  ],
  [
    'a token twice',
    'PUT',
    callbackUrl,
    { ...callback, bearer_token: 'abcdefghij', auth: { type: 'none' } },
    ['bearer_token'],
  ],
  ['an unknown kind of auth', 'PUT', callbackUrl, { ...callback, auth: { type: 'magic' } }, ['auth.type']],
  [
    'an unknown field of auth',
    'PUT',
    callbackUrl,
    { ...callback, auth: { type: 'none', token: 'abcdefghij' } },
    ['auth.token'],
  ],
  [
    'an unknown status in the filter',
    'PUT',
    callbackUrl,
    { ...callback, filter: { statuses: ['delivered', 'lost'] } },
    ['filter.statuses.1'],
  ],
  [
    'an unknown field of the filter',
    'PUT',
    callbackUrl,
    { ...callback, filter: { status: ['delivered'] } },
    ['filter.status'],
  ],
  [
    'an unknown type in the filter',
    'PUT',
    callbackUrl,
    { ...callback, filter: { notification_types: ['fax'] } },
    ['filter.notification_types.0'],
  ],
  ['no attempts', 'PUT', callbackUrl, { ...callback, policy: { attempts: 0 } }, ['policy.attempts']],
  [
    'half a second',
    'PUT',
    callbackUrl,
    { ...callback, policy: { interval_seconds: 0.5 } },
    ['policy.interval_seconds'],
  ],
  [
    'more patience than there is',
    'PUT',
    callbackUrl,
    { ...callback, policy: { timeout_seconds: 121 } },
    ['policy.timeout_seconds'],
  ],
  [
    'an unknown event',
    'PUT',
    (places) => `/v1/services/${places.service}/callbacks/birthday`,
    callback,
    ['event'],
  ],
  ['an id that is no UUID', 'PUT', () => '/v1/services/mine/callbacks/delivery_status', callback, ['id']],
  ['an id that is far too long', 'PATCH', () => `/v1/services/${'x'.repeat(1000)}`, { name: 'x' }, ['id']],
  [
    'an unknown type of notification',
    'POST',
    notifications,
    { ...notification, notification_type: 'fax' },
    ['notification_type'],
  ],
  ['an id of its own that is no UUID', 'POST', notifications, { ...notification, id: '1' }, ['id']],
  [
    'a time without an offset',
    'POST',
    notifications,
    { ...notification, created_at: '2026-06-15T11:30:00' },
    ['created_at'],
  ],
  [
    'a day that does not exist',
    'POST',
    notifications,
    { ...notification, created_at: '2026-02-30T11:30:00Z' },
    ['created_at'],
  ],
  [
    'a year that no database has',
    'POST',
    notifications,
    { ...notification, created_at: '0000-01-01T00:00:00Z' },
    ['created_at'],
  ],
  [
    'a version beyond 32 bits',
    'POST',
    notifications,
    { ...notification, template_version: 2 ** 31 },
    ['template_version'],
  ],
  [
    "a letter's field for an e-mail",
    'POST',
    notifications,
    { ...notification, sent_by: 'dvla' },
    ['sent_by'],
  ],
  ['no service from the operator', 'POST', notifications, notification, ['service_id']],
  [
    'a service that does not exist',
    'POST',
    notifications,
    { ...notification, service_id: unknownId },
    ['service_id'],
  ],
  ['no status', 'POST', statusesUrl, {}, ['status']],
  ['an unknown status', 'POST', statusesUrl, { status: 'lost' }, ['status']],
  ['an event id that is no UUID', 'POST', statusesUrl, { status: 'delivered', event_id: 'x' }, ['event_id']],
  [
    'a number for a time',
    'POST',
    statusesUrl,
    { status: 'delivered', occurred_at: 1781523000 },
    ['occurred_at'],
  ],
];

describe('A body with', () => {
  it.each(invalidFields)(
    '%s is refused by %s, which names the field',
    async (_what, method, url, body, paths) => {
      const { call, service: own, notificationId } = await setUp();
      const answer = await call(method, url({ service: own.id, notification: notificationId }), { body });
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([
        400,
        'application/problem+json; charset=utf-8',
      ]);
      const problem = answer.json<{ code: string; errors: { path: string }[] }>();
      expect([problem.code, problem.errors.map(({ path }) => path)]).toEqual(['INVALID_INPUT', paths]);
    },
  );
});
