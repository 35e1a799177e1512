import { v7 as uuidv7 } from 'uuid';
import { createSendTest } from '../../src/main/send-test.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createFakeSecretBox } from '../support/fakes/secret-box.ts';
import { createTestApp } from '../support/test-app.ts';

const failing = (): never => {
  throw new Error('a secret is sealed under a key that is gone');
};

/** A service with a callback and one held status. */
async function withHeld() {
  const app = await createTestApp();
  const service = await app.addService();
  const path = `/v1/services/${service.id}/callbacks/delivery_status`;
  await app.call('PUT', path, { body: { url: 'https://example.com/callbacks' } });
  await app.call('POST', `${path}/disable`, { body: { reason: 'They are moving.' } });
  const id = await app.addNotification(service.as);
  const body = { status: 'delivered' };
  await app.call('POST', `/v1/notifications/${id}/statuses`, { as: service.as, body });
  return { ...app, service, path, notificationId: id };
}

type Started = { drain_id: string; held: number };

describe('POST …/callbacks/{event}/disable', () => {
  it('answers with the callback, disabled for the reason that was given', async () => {
    const { call, path } = await withHeld();
    const callback = (await call('GET', path)).json<Record<string, unknown>>();
    expect(callback).toMatchObject({
      state: 'disabled',
      disabled_reason: 'They are moving.',
      held: 1,
      version: 2,
    });
  });

  it('needs no body, and then says who it was', async () => {
    const { call, addService } = await createTestApp();
    const { id } = await addService();
    const path = `/v1/services/${id}/callbacks/delivery_status`;
    await call('PUT', path, { body: { url: 'https://example.com/callbacks' } });

    const answer = await call('POST', `${path}/disable`, { headers: { 'content-type': 'application/json' } });

    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ state: 'disabled', disabled_reason: 'The operator disabled it.' });
  });

  it('is answered with 404 where there is no callback, and with 400 for an unknown field', async () => {
    const { call, addService, path } = { ...(await withHeld()) };
    const other = await addService('Another');
    const missing = `/v1/services/${other.id}/callbacks/delivery_status/disable`;
    expect((await call('POST', missing)).statusCode).toBe(404);
    const answer = await call('POST', `${path}/disable`, { body: { why: 'x' } });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ path: 'why', message: 'is not a known field' }] });
  });
});

describe('POST …/callbacks/{event}/enable', () => {
  it('is answered with 202, the drain and how many are held', async () => {
    const { call, path } = await withHeld();
    const answer = await call('POST', `${path}/enable`);
    expect(answer.statusCode).toBe(202);
    const { drain_id: id, held } = answer.json<Started>();
    expect(held).toBe(1);
    expect((await call('GET', `/v1/drains/${id}`)).json()).toMatchObject({
      id,
      state: 'running',
      held: 1,
      released: 0,
      rate_per_second: 50,
    });
    expect((await call('GET', path)).json()).toMatchObject({ state: 'enabled', disabled_at: null });
  });

  it('takes the rate of the drain', async () => {
    const { call, path } = await withHeld();
    const started = await call('POST', `${path}/enable`, { body: { rate_per_second: 2.5 } });
    const { drain_id: id } = started.json<Started>();
    expect((await call('GET', `/v1/drains/${id}`)).json()).toMatchObject({ rate_per_second: 2.5 });
    const refused = await call('POST', `${path}/enable`, { body: { rate_per_second: 0 } });
    expect(refused.statusCode).toBe(400);
  });

  it('is answered with 404 where there is no callback', async () => {
    const { call } = await createTestApp();
    const path = `/v1/services/${uuidv7()}/callbacks/delivery_status/enable`;
    expect((await call('POST', path)).statusCode).toBe(404);
  });
});

describe('A drain', () => {
  it('is cancelled once, and stays as it ended', async () => {
    const { call, path, service } = await withHeld();
    const { drain_id: id } = (await call('POST', `${path}/enable`)).json<Started>();
    const cancelled = await call('POST', `/v1/drains/${id}/cancel`);
    expect(cancelled.statusCode).toBe(200);
    expect(cancelled.json()).toMatchObject({ state: 'cancelled', released: 0 });
    expect((await call('POST', `/v1/drains/${id}/cancel`)).json()).toEqual(cancelled.json());
    expect((await call('GET', path)).json()).toMatchObject({ held: 1 });
    expect((await call('GET', `/v1/drains/${id}`, { as: service.as })).statusCode).toBe(200);
  });

  it('exists for its own service only', async () => {
    const { call, path, addService } = await withHeld();
    const { drain_id: id } = (await call('POST', `${path}/enable`)).json<Started>();
    const other = await addService('Another');
    expect((await call('GET', `/v1/drains/${id}`, { as: other.as })).statusCode).toBe(404);
    expect((await call('GET', `/v1/drains/${uuidv7()}`)).statusCode).toBe(404);
    expect((await call('POST', `/v1/drains/${uuidv7()}/cancel`)).statusCode).toBe(404);
  });
});

describe('GET …/callbacks/{event}/versions', () => {
  it('tells who changed what, the newest first, page by page', async () => {
    const { call, path } = await withHeld();
    const token = 'their-new-secret-token';
    await call('PUT', path, { body: { url: 'https://example.com/new', bearer_token: token } });
    await call('POST', `${path}/enable`);

    const first = (await call('GET', `${path}/versions?limit=2`)).json<{
      items: object[];
      next_cursor: string;
    }>();
    const second = (await call('GET', `${path}/versions?limit=2&cursor=${first.next_cursor}`)).json<{
      items: object[];
      next_cursor: null;
    }>();

    expect([...first.items, ...second.items]).toMatchObject([
      { version: 4, change: 'enabled', changed_by: 'operator', secrets: { auth: 'unchanged' } },
      {
        version: 3,
        change: 'configured',
        settings: { url: 'https://example.com/new' },
        secrets: { auth: 'changed' },
      },
      {
        version: 2,
        change: 'disabled',
        settings: { disabled_reason: 'They are moving.' },
        secrets: { auth: null },
      },
      { version: 1, change: 'configured', changed: [] },
    ]);
    expect(second.next_cursor).toBeNull();
    expect(JSON.stringify([first, second])).not.toContain(token);
  });

  it('is for the operator and the service itself', async () => {
    const { call, path, service, addService } = await withHeld();
    const other = await addService('Another');
    expect((await call('GET', `${path}/versions`, { as: service.as })).statusCode).toBe(200);
    expect((await call('GET', `${path}/versions`, { as: other.as })).statusCode).toBe(404);
    expect((await call('GET', `${path}/versions?cursor=x`)).statusCode).toBe(400);
  });
});

describe('POST …/callbacks/{event}/test', () => {
  it('answers with the attempt, also while the communication is disabled, and leaves nothing behind', async () => {
    const { call, path, notificationId, service } = await withHeld();
    const before = (await call('GET', path)).json<unknown>();
    const answer = await call('POST', `${path}/test`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      number: 1,
      started_at: '2026-06-15T11:30:00.123000Z',
      duration_ms: 1,
      outcome: 'delivered',
      response_status: 200,
      response_headers: { 'x-reference': 'ringback-test' },
      response_body: 'thank you',
      response_truncated: false,
      error: null,
    });
    expect((await call('GET', path)).json()).toEqual(before);
    const history = await call('GET', `/v1/notifications/${notificationId}/callbacks`, { as: service.as });
    expect(history.json<{ items: object[] }>().items).toHaveLength(1);
  });

  it('shows a receiver’s failure as the attempt’s, not as one of the request', async () => {
    const { call, path } = await withHeld();
    await call('PUT', path, { body: { url: 'https://example.com/broken' } });
    const answer = await call('POST', `${path}/test`);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      { outcome: 'http_status', response_status: 500, error: 'The receiver answered 500.' },
    ]);
  });

  it('is answered with 503 and what to do while no key decrypts the credentials', async () => {
    const lost = { ...createFakeSecretBox(), open: () => failing() };
    const { ports } = createFakeDelivery([], async () => 200);
    const { call, addService } = await createTestApp({
      sendTest: createSendTest({ ...ports, secrets: lost }),
    });
    const path = `/v1/services/${(await addService()).id}/callbacks/delivery_status`;
    await call('PUT', path, { body: { url: 'https://example.com/', bearer_token: 'the-token-of-old' } });
    const answer = await call('POST', `${path}/test`);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      503,
      {
        code: 'UNAVAILABLE',
        detail:
          'The credentials of this callback cannot be decrypted: configure them again, or give RINGBACK_SECRET_KEYS the key that they are encrypted under.',
      },
    ]);
  });

  it('is answered with 404 where there is no callback', async () => {
    const { call } = await createTestApp();
    const path = `/v1/services/${uuidv7()}/callbacks/delivery_status/test`;
    expect((await call('POST', path)).statusCode).toBe(404);
  });
});

test.each(['disable', 'enable', 'test'])('only the operator may %s a communication', async (verb) => {
  const { call, path, service } = await withHeld();
  expect((await call('POST', `${path}/${verb}`, { as: service.as })).statusCode).toBe(403);
});
