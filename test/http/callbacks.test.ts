import { callbackAuthContext } from '../../src/domain/access/secret-contexts.ts';
import { createTestApp } from '../support/test-app.ts';

const token = 'a-token-of-the-receiver';
const other = 'https://example.com/callbacks';

const setUp = async () => {
  const app = await createTestApp();
  const service = await app.addService();
  const url = `/v1/services/${service.id}/callbacks/delivery_status`;
  const put = (body: unknown) => app.call('PUT', url, { body });
  const storedAuth = (): unknown => {
    const auth = app.ports.memory.callbacks.get(`${service.id}/delivery_status`)?.auth;
    return (
      auth &&
      JSON.parse(app.ports.secrets.open(auth.sealed, callbackAuthContext(service.id, 'delivery_status')))
    );
  };
  return { ...app, service, url, put, storedAuth };
};

describe('A callback', () => {
  it("is created with the profile's defaults and replaced under the same id", async () => {
    const { put } = await setUp();
    const created = await put({ url: other });
    expect([created.statusCode, created.json()]).toMatchObject([
      201,
      {
        event: 'delivery_status',
        url: other,
        auth: { type: 'none' },
        has_bearer_token: false,
        policy: { attempts: 5, interval_seconds: 300, timeout_seconds: 120 },
        filter: {},
        notification_list: [],
        state: 'enabled',
        disabled_at: null,
        disabled_reason: null,
        held: 0,
        version: 1,
      },
    ]);
    const { id } = created.json<{ id: string }>();
    const replaced = await put({ url: other, policy: { attempts: 3 } });
    expect([replaced.statusCode, replaced.json()]).toMatchObject([
      200,
      { id, version: 2, policy: { attempts: 3, interval_seconds: 300, timeout_seconds: 120 } },
    ]);
  });

  it('seals its token and never shows it', async () => {
    const { put, url, call, storedAuth } = await setUp();
    const created = await put({ url: other, bearer_token: token });
    const shown = await call('GET', url);
    for (const { body } of [created, shown]) expect(body).not.toContain(token);
    expect(shown.json()).toMatchObject({ has_bearer_token: true, auth: { type: 'bearer' } });
    expect(storedAuth()).toEqual({ type: 'bearer', token });
  });

  it('keeps its credential when a replacement gives none, until it is told that there is none', async () => {
    const { put, storedAuth } = await setUp();
    await put({ url: other, auth: { type: 'bearer', token } });
    await put({ url: 'https://example.com/elsewhere' });
    expect(storedAuth()).toEqual({ type: 'bearer', token });
    const removed = await put({ url: other, auth: { type: 'none' } });
    expect(removed.json()).toMatchObject({ has_bearer_token: false, auth: { type: 'none' } });
    expect(storedAuth()).toEqual({ type: 'none' });
  });

  it('names every unknown status of its filter, and stores nothing', async () => {
    const { put, url, call } = await setUp();
    const answer = await put({
      url: 'http://example.com',
      filter: { statuses: ['delivered', 'lost', 'found'] },
    });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { errors: [{ path: 'url' }, { path: 'filter.statuses.1' }, { path: 'filter.statuses.2' }] },
    ]);
    expect((await call('GET', url)).statusCode).toBe(404);
  });

  it('is removed once', async () => {
    const { put, url, call } = await setUp();
    await put({ url: other });
    const removed = await call('DELETE', url);
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect((await call('DELETE', url)).statusCode).toBe(404);
    expect((await call('GET', url)).statusCode).toBe(404);
  });

  it('is shown to its own service, and does not exist for another', async () => {
    const { put, url, call, service, addService } = await setUp();
    await put({ url: other });
    expect((await call('GET', url, { as: service.as })).statusCode).toBe(200);
    const stranger = await addService('Another service');
    expect((await call('GET', url, { as: stranger.as })).statusCode).toBe(404);
  });
});
