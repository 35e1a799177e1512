import { anyText, textLike } from '../support/matchers.ts';
import { createTestApp } from '../support/test-app.ts';

const unknownId = '00000000-0000-7000-8000-000000000000';

describe('Services', () => {
  it('are created with a UUIDv7 and shown as they were created', async () => {
    const { call } = await createTestApp();
    const body = { name: 'Parking permits', profile: 'govuk-notify', notification_list: ['ops@example.com'] };
    const created = await call('POST', '/v1/services', { body });
    expect(created.statusCode).toBe(201);
    expect(created.json()).toEqual({
      ...body,
      id: textLike(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      created_at: '2026-06-15T11:30:00.123000Z',
    });
    const { id } = created.json<{ id: string }>();
    const shown = await call('GET', `/v1/services/${id.toUpperCase()}`);
    expect([shown.statusCode, shown.json()]).toEqual([200, created.json()]);
  });

  it('are changed field by field', async () => {
    const { call, addService } = await createTestApp();
    const { id } = await addService('Before');
    const change = { name: 'After', notification_list: ['new@example.com'] };
    const changed = await call('PATCH', `/v1/services/${id}`, { body: change });
    expect([changed.statusCode, changed.json()]).toMatchObject([200, { id, ...change }]);
  });

  it('are listed page by page', async () => {
    const { call, addService } = await createTestApp();
    const ids = [(await addService()).id, (await addService()).id, (await addService()).id];
    const first = (await call('GET', '/v1/services?limit=2')).json<{
      items: { id: string }[];
      next_cursor: string;
    }>();
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await call('GET', `/v1/services?limit=2&cursor=${first.next_cursor}`);
    expect(second.json()).toMatchObject({ items: [{ id: ids[2] }], next_cursor: null });
  });

  it.each([
    ['GET', `/v1/services/${unknownId}`, undefined],
    ['PATCH', `/v1/services/${unknownId}`, { name: 'x' }],
    ['POST', `/v1/services/${unknownId}/api-keys`, { name: 'x', key_type: 'live' }],
    ['DELETE', `/v1/services/${unknownId}/api-keys/${unknownId}`, undefined],
    ['PUT', `/v1/services/${unknownId}/callbacks/delivery_status`, { url: 'https://example.com' }],
    ['GET', `/v1/services/${unknownId}/callbacks/delivery_status`, undefined],
    ['DELETE', `/v1/services/${unknownId}/callbacks/delivery_status`, undefined],
  ] as const)('that do not exist are answered with 404 to %s %s', async (method, url, body) => {
    const { call } = await createTestApp();
    const answer = await call(method, url, { body });
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });

  it("are the operator's only: a service's key may not even see its own", async () => {
    const { call, addService } = await createTestApp();
    const { id, keyId, as } = await addService();
    const calls = [
      ['POST', '/v1/services'],
      ['GET', '/v1/services'],
      ['GET', `/v1/services/${id}`],
      ['PATCH', `/v1/services/${id}`],
      ['POST', `/v1/services/${id}/api-keys`],
      ['DELETE', `/v1/services/${id}/api-keys/${keyId}`],
      ['PUT', `/v1/services/${id}/callbacks/delivery_status`],
      ['DELETE', `/v1/services/${id}/callbacks/delivery_status`],
    ] as const;
    for (const [method, url] of calls) {
      const answer = await call(method, url, { as });
      expect([method, url, answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
        method,
        url,
        403,
        'FORBIDDEN',
      ]);
    }
  });
});

describe('API keys', () => {
  it('are shown once, with the service and the secret in the text of the key', async () => {
    const { call, addService, ports } = await createTestApp();
    const { id } = await addService();
    const answer = await call('POST', `/v1/services/${id}/api-keys`, {
      body: { name: 'CI', key_type: 'test' },
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      id: anyText,
      name: 'CI',
      key_type: 'test',
      key: textLike(new RegExp(`^CI-${id}-[0-9a-f-]{36}$`)),
    });
    const { key } = answer.json<{ key: string }>();
    const shown = await Promise.all(['', `/${id}`].map((path) => call('GET', `/v1/services${path}`)));
    for (const { body } of shown) expect(body).not.toContain(key.slice(-36));
    expect(ports.memory.apiKeys.size).toBe(2);
  });

  it('stop working once they are revoked, and are revoked once', async () => {
    const { call, addService } = await createTestApp();
    const { id, keyId, as } = await addService();
    expect((await call('GET', '/v1/notifications', { as })).statusCode).toBe(200);
    const revoked = await call('DELETE', `/v1/services/${id}/api-keys/${keyId}`);
    expect([revoked.statusCode, revoked.body]).toEqual([204, '']);
    expect((await call('GET', '/v1/notifications', { as })).statusCode).toBe(401);
    expect((await call('DELETE', `/v1/services/${id}/api-keys/${keyId}`)).statusCode).toBe(404);
  });

  it('are revoked by a client that names a content type without sending a body', async () => {
    const { call, addService } = await createTestApp();
    const { id, keyId } = await addService();
    const headers = { 'content-type': 'application/json' };
    expect((await call('DELETE', `/v1/services/${id}/api-keys/${keyId}`, { headers })).statusCode).toBe(204);
  });
});
