// What a developer gets from a test key: statuses without a provider, by the ordinary path.
import { v7 as uuidv7 } from 'uuid';
import { createTestApp } from '../support/test-app.ts';

type History = { items: { id: string; status: string; state: string }[] };

async function withKey(keyType: 'live' | 'team' | 'test') {
  const app = await createTestApp();
  const { id: serviceId } = await app.addService();
  const created = await app.call('POST', `/v1/services/${serviceId}/api-keys`, {
    body: { name: 'developer', key_type: keyType },
  });
  const as = `Bearer ${created.json<{ key: string }>().key}`;
  await app.call('PUT', `/v1/services/${serviceId}/callbacks/delivery_status`, {
    body: { url: 'https://example.com/callbacks' },
  });
  const register = (to: string, id = uuidv7()) =>
    app.call('POST', '/v1/notifications', { as, body: { id, to, notification_type: 'sms' } });
  const history = async (id: string) =>
    (await app.call('GET', `/v1/notifications/${id}/callbacks`, { as })).json<History>().items;
  return { ...app, as, register, history };
}

test.each([
  ['07700900123', 'delivered'],
  ['07700900003', 'temporary-failure'],
  ['07700900002', 'permanent-failure'],
])('with a test key a message to %s ends as %s, and its callback is queued', async (to, outcome) => {
  const { register, history } = await withKey('test');
  const { id } = (await register(to)).json<{ id: string }>();
  expect((await history(id)).map(({ status, state }) => [status, state])).toEqual([
    ['sending', 'skipped'],
    [outcome, 'pending'],
  ]);
});

test('registered again because the answer was lost, it has no status twice', async () => {
  const { register, history } = await withKey('test');
  const { id } = (await register('07700900123')).json<{ id: string }>();
  const before = await history(id);
  expect((await register('07700900123', id)).statusCode).toBe(200);
  expect(await history(id)).toEqual(before);
  expect(new Set(before.map((item) => item.id)).size).toBe(2);
});

test.each(['live', 'team'] as const)('with a %s key nothing is made up', async (keyType) => {
  const { register, history } = await withKey(keyType);
  const { id } = (await register('07700900003')).json<{ id: string }>();
  expect(await history(id)).toEqual([]);
});

test.each(['live', 'test'] as const)(
  'a smoke test is answered as any other, with a %s key, and nothing of it is kept',
  async (keyType) => {
    const { call, as, register } = await withKey(keyType);
    const answer = await register('+447700900111');
    expect(answer.statusCode).toBe(201);
    const { id, status } = answer.json<{ id: string; status: string }>();
    expect(status).toBe('created');
    expect((await call('GET', `/v1/notifications/${id}`, { as })).statusCode).toBe(404);
  },
);
