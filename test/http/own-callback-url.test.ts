// A notification that brings its own URL and token.
import { createTestApp } from '../support/test-app.ts';

const own = { callback_url: 'https://example.com/own', callback_bearer_token: 'a-token-of-its-own' };
const sms = { to: '07700900123', notification_type: 'sms' };

test('its URL is shown and its token never', async () => {
  const { call, addService } = await createTestApp();
  const { as } = await addService();
  const answer = await call('POST', '/v1/notifications', { as, body: { ...sms, ...own } });
  expect(answer.statusCode).toBe(201);
  expect(answer.json()).toMatchObject({ callback_url: own.callback_url });
  const { id } = answer.json<{ id: string }>();
  const shown = await call('GET', `/v1/notifications/${id}`, { as });
  expect(shown.json()).toMatchObject({ callback_url: own.callback_url });
  expect(answer.body + shown.body).not.toContain(own.callback_bearer_token);
});

test('its statuses become callbacks though the service has none, and though it is disabled', async () => {
  const { call, addService } = await createTestApp();
  const { id: serviceId, as } = await addService();
  const stateOfNew = async () => {
    const { id } = (await call('POST', '/v1/notifications', { as, body: { ...sms, ...own } })).json<{
      id: string;
    }>();
    await call('POST', `/v1/notifications/${id}/statuses`, { as, body: { status: 'delivered' } });
    const history = await call('GET', `/v1/notifications/${id}/callbacks`, { as });
    return history.json<{ items: { state: string }[] }>().items[0]?.state;
  };

  expect(await stateOfNew()).toBe('pending');
  const callback = `/v1/services/${serviceId}/callbacks/delivery_status`;
  await call('PUT', callback, { body: { url: 'https://example.com/service' } });
  await call('POST', `${callback}/disable`);
  expect(await stateOfNew()).toBe('pending');
});

test.each([
  [{ callback_url: own.callback_url }, 'callback_bearer_token'],
  [{ callback_bearer_token: own.callback_bearer_token }, 'callback_url'],
  [{ ...own, callback_bearer_token: 'short' }, 'callback_bearer_token'],
  [{ ...own, callback_url: 'http://example.com/own' }, 'callback_url'],
  [{ ...own, callback_url: 'https://user:secret@example.com/own' }, 'callback_url'],
])('%j is refused by the name of the field', async (given, field) => {
  const { call, addService } = await createTestApp();
  const { as } = await addService();
  const answer = await call('POST', '/v1/notifications', { as, body: { ...sms, ...given } });
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ errors: { path: string }[] }>().errors.map(({ path }) => path)).toEqual([field]);
});
