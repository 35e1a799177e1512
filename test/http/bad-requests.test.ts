import { adminToken, createTestApp } from '../support/test-app.ts';

const unknownId = '00000000-0000-7000-8000-000000000000';
const kib = 1024;

describe('A query with', () => {
  it.each([
    ['a limit that is too large', 'services?limit=501', 'limit'],
    ['a limit that is no number', 'services?limit=all', 'limit'],
    ['a limit twice', 'services?limit=1&limit=2', 'limit'],
    ['an unknown parameter', 'services?page=2', 'page'],
    ['a parameter named like part of an object', 'services?__proto__=1', '__proto__'],
    ['a cursor from nowhere', 'services?cursor=nowhere', 'cursor'],
    ['a cursor from nowhere for notifications', 'notifications?cursor=2026-06-15_1', 'cursor'],
    ['a time that is none', 'notifications?since=yesterday', 'since'],
  ])('%s is refused, and the parameter named', async (_what, path, field) => {
    const { call } = await createTestApp();
    const answer = await call('GET', `/v1/${path}`);
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { errors: [{ path: field }] }]);
  });
});

describe('A request with', () => {
  it.each([
    ['malformed JSON', '{"name":', 'application/json', 400, 'INVALID_INPUT'],
    ['an empty body', '', 'application/json', 400, 'INVALID_INPUT'],
    ['a key that would reach a prototype', '{"__proto__":{"a":1}}', 'application/json', 400, 'INVALID_INPUT'],
    [
      'a constructor that would',
      '{"constructor":{"prototype":{}}}',
      'application/json',
      400,
      'INVALID_INPUT',
    ],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'INVALID_INPUT'],
    ['plain text', 'hello', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'name=x', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another JSON', '{}', 'application/vnd.api+json', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a byte too many', `"${'x'.repeat(64 * kib - 1)}"`, 'application/json', 413, 'PAYLOAD_TOO_LARGE'],
    ['a deeply nested body', '['.repeat(60 * kib), 'application/json', 400, 'INVALID_INPUT'],
  ])('%s is refused', async (_what, payload, contentType, status, code) => {
    const { app, call } = await createTestApp();
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/services',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': contentType },
      payload,
    });
    expect([answer.statusCode, answer.json()]).toMatchObject([status, { status, code }]);
    expect((await call('GET', '/v1/services')).json()).toMatchObject({ items: [] });
  });

  it('a body of exactly 64 KiB is read', async () => {
    const { call } = await createTestApp();
    const answer = await call('POST', '/v1/services', { body: `"${'x'.repeat(64 * kib - 2)}"` });
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ path: 'body' }] });
  });

  it('more wrong fields than anyone reads is answered with the first of them', async () => {
    const { call } = await createTestApp();
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`f${index}`, 1]));
    const problem = (await call('POST', '/v1/services', { body })).json<{
      detail: string;
      errors: unknown[];
    }>();
    expect(problem.errors).toHaveLength(50);
    expect(problem.detail).toContain('more)');
  });

  it.each([
    ['GET', '/v1/nothing', 404, 'NOT_FOUND', undefined],
    ['GET', '/', 404, 'NOT_FOUND', undefined],
    ['GET', '/v1/services/%zz', 400, 'INVALID_INPUT', undefined],
    ['GET', '/v1/notifications/x', 400, 'INVALID_INPUT', undefined],
    ['DELETE', '/v1/services', 405, 'METHOD_NOT_ALLOWED', 'GET, HEAD, POST'],
    ['PUT', `/v1/notifications/${unknownId}/statuses?x=1`, 405, 'METHOD_NOT_ALLOWED', 'POST'],
    ['GET', `/v1/notifications/${unknownId}`, 404, 'NOT_FOUND', undefined],
    ['GET', `/v1/notifications/${unknownId}/callbacks`, 404, 'NOT_FOUND', undefined],
  ] as const)('%s %s is answered with %d', async (method, url, status, code, allow) => {
    const { call } = await createTestApp();
    const answer = await call(method, url);
    expect([answer.statusCode, answer.json()]).toMatchObject([status, { status, code }]);
    expect(answer.headers.allow).toBe(allow);
  });
});
