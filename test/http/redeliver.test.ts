import { v7 as uuidv7 } from 'uuid';
import type { StoredState } from '../../src/domain/callbacks/callback-state.ts';
import { createTestApp } from '../support/test-app.ts';

/** A notification with one status that has come to `state`. */
async function withStatus(state: StoredState) {
  const app = await createTestApp();
  const service = await app.addService();
  const callback = `/v1/services/${service.id}/callbacks/delivery_status`;
  await app.call('PUT', callback, { body: { url: 'https://example.com/callbacks' } });
  const id = await app.addNotification(service.as);
  const eventId = uuidv7();
  const body = { status: 'delivered', event_id: eventId };
  await app.call('POST', `/v1/notifications/${id}/statuses`, { as: service.as, body });
  const [row] = app.ports.memory.statuses.get(id) ?? [];
  if (row) Object.assign(row, { state, queued: false });
  const history = `/v1/notifications/${id}/callbacks`;
  return { ...app, service, callback, id, eventId, history, path: `${history}/${eventId}/redeliver` };
}

test.each(['delivered', 'failed'] as const)('a status that is %s is sent again', async (state) => {
  const { call, path, id, eventId, service, history } = await withStatus(state);

  const answer = await call('POST', path, { as: service.as });

  expect([answer.statusCode, answer.json()]).toEqual([
    202,
    { id: eventId, notification_id: id, sequence: 1 },
  ]);
  expect((await call('GET', history)).json()).toMatchObject({ items: [{ state: 'pending' }] });
});

test.each([
  ['pending', 'Status 1 is on its way already.'],
  ['retrying', 'Status 1 is being retried already.'],
  ['held', 'Status 1 is held: enable its communication, which delivers everything that is held.'],
  ['skipped', 'Status 1 was never to be sent; its history says why.'],
] as const)('a status that is %s is refused with what to do', async (state, detail) => {
  const { call, path, history } = await withStatus(state);
  const answer = await call('POST', path);
  expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: 'CONFLICT', detail }]);
  expect((await call('GET', history)).json<{ items: { state: string }[] }>().items[0]?.state).not.toBe(
    'failed',
  );
});

test('without a callback there is nowhere to send it', async () => {
  const { call, path, callback } = await withStatus('failed');
  await call('DELETE', callback);
  const answer = await call('POST', path);
  expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
    409,
    'The service has no callback for this event any more: configure one first.',
  ]);
});

test('what is not there, or is another service’s, is not found', async () => {
  const { call, history, path, addService } = await withStatus('failed');
  const other = await addService('Another');
  expect((await call('POST', `${history}/${uuidv7()}/redeliver`)).statusCode).toBe(404);
  expect((await call('POST', path, { as: other.as })).statusCode).toBe(404);
});
