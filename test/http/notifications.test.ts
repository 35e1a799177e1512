import { textLike } from '../support/matchers.ts';
import { createTestApp } from '../support/test-app.ts';

const id = '9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10';
const body = { id, reference: 'order-1', to: 'person@example.com', notification_type: 'email' };

const setUp = async () => {
  const app = await createTestApp();
  return { ...app, service: await app.addService() };
};

describe('A notification', () => {
  it('is registered with everything that was not given as null', async () => {
    const { call, service } = await setUp();
    const answer = await call('POST', '/v1/notifications', { as: service.as, body });
    expect([answer.statusCode, answer.json()]).toEqual([
      201,
      {
        ...body,
        service_id: service.id,
        key_type: 'live',
        status: 'created',
        template_id: null,
        template_version: null,
        template_name: null,
        provider: null,
        provider_reference: null,
        created_at: '2026-06-15T11:30:00.123000Z',
        sent_at: null,
        completed_at: null,
        sent_by: null,
        spreadsheet_file_name: null,
        spreadsheet_row_number: null,
        upload_letter_file_name: null,
        callback_url: null,
      },
    ]);
    expect((await call('GET', `/v1/notifications/${id}`, { as: service.as })).json()).toEqual(answer.json());
  });

  it('gets a UUIDv7 when none is given, and keeps its microseconds', async () => {
    const { call, service } = await setUp();
    const times = { created_at: '2026-06-15T12:30:00.123456+01:00', sent_at: '2026-06-15T11:30:01Z' };
    const answer = await call('POST', '/v1/notifications', {
      as: service.as,
      body: { ...body, id: undefined, ...times },
    });
    expect(answer.json()).toMatchObject({
      id: textLike(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      created_at: '2026-06-15T11:30:00.123456Z',
      sent_at: '2026-06-15T11:30:01.000000Z',
    });
  });

  it('may be made five minutes ahead of our clock and no more, so that none stands before all others for ever', async () => {
    const { call, service } = await setUp();
    const register = (created_at: string) =>
      call('POST', '/v1/notifications', { as: service.as, body: { ...body, id: undefined, created_at } });
    expect((await register('2026-06-15T11:35:00.123000Z')).statusCode).toBe(201);
    for (const late of ['2026-06-15T11:35:00.123001Z', '9999-12-31T23:59:59Z']) {
      const answer = await register(late);
      expect([answer.statusCode, answer.json()]).toMatchObject([
        400,
        { code: 'INVALID_INPUT', errors: [{ path: 'created_at', message: textLike(/five minutes/) }] },
      ]);
    }
  });

  it('has a reference that an index can hold, counted in bytes as well', async () => {
    const { call, service } = await setUp();
    const register = (reference: string) =>
      call('POST', '/v1/notifications', { as: service.as, body: { ...body, id: undefined, reference } });
    expect((await register('é'.repeat(1000))).statusCode).toBe(201);
    const answer = await register('語'.repeat(900));
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { errors: [{ path: 'reference' }] }]);
  });

  it('is answered with 200 and itself when it is registered again', async () => {
    const { call, service } = await setUp();
    const first = await call('POST', '/v1/notifications', { as: service.as, body });
    const reordered = { to: body.to, notification_type: 'email', reference: 'order-1', id: id.toUpperCase() };
    const second = await call('POST', '/v1/notifications', { as: service.as, body: reordered });
    expect([second.statusCode, second.json()]).toEqual([200, first.json()]);
    const byOperator = await call('POST', '/v1/notifications', { body: { ...body, service_id: service.id } });
    expect(byOperator.statusCode).toBe(200);
  });

  it('is a conflict when its id comes again with another body, or from another service', async () => {
    const { call, service, addService } = await setUp();
    await call('POST', '/v1/notifications', { as: service.as, body });
    const stranger = await addService('Another service');
    const answers = [
      await call('POST', '/v1/notifications', { as: service.as, body: { ...body, to: 'x@example.com' } }),
      await call('POST', '/v1/notifications', { as: stranger.as, body }),
    ];
    for (const answer of answers) {
      expect([answer.statusCode, answer.json()]).toMatchObject([
        409,
        { code: 'CONFLICT', errors: [{ path: 'id' }] },
      ]);
      expect(answer.body).not.toContain('person@example.com');
    }
  });

  it('is registered by the operator for a service that exists and is named', async () => {
    const { call, service } = await setUp();
    const answers = [
      await call('POST', '/v1/notifications', { body }),
      await call('POST', '/v1/notifications', { body: { ...body, service_id: id } }),
      await call('POST', '/v1/notifications', { body: { ...body, service_id: service.id } }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 201]);
    for (const answer of answers.slice(0, 2))
      expect(answer.json()).toMatchObject({ errors: [{ path: 'service_id' }] });
  });

  it("is not registered by one service's key for another service", async () => {
    const { call, service, addService } = await setUp();
    const stranger = await addService('Another service');
    const answer = await call('POST', '/v1/notifications', {
      as: stranger.as,
      body: { ...body, service_id: service.id },
    });
    expect([answer.statusCode, answer.json()]).toMatchObject([403, { errors: [{ path: 'service_id' }] }]);
  });

  it('does not exist for another service, under any route', async () => {
    const { call, service, addService, addNotification } = await setUp();
    const own = await addNotification(service.as);
    const { as } = await addService('Another service');
    const answers = [
      await call('GET', `/v1/notifications/${own}`, { as }),
      await call('GET', `/v1/notifications/${own}/callbacks`, { as }),
      await call('POST', `/v1/notifications/${own}/statuses`, { as, body: { status: 'delivered' } }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    expect((await call('GET', '/v1/notifications', { as })).json()).toEqual({ items: [], next_cursor: null });
  });
});

describe('The list of notifications', () => {
  it("holds a service's own, newest first, page by page", async () => {
    const { call, service, addService, addNotification } = await setUp();
    await addNotification((await addService('Another service')).as);
    const ids = [];
    for (const second of [1, 2, 3])
      ids.unshift(await addNotification(service.as, { created_at: `2026-06-15T11:30:0${second}Z` }));

    type List = { items: { id: string }[]; next_cursor: string };
    const first = (await call('GET', '/v1/notifications?limit=2', { as: service.as })).json<List>();
    const second = await call('GET', `/v1/notifications?limit=2&cursor=${first.next_cursor}`, {
      as: service.as,
    });

    expect([...first.items, ...second.json<List>().items].map((item) => item.id)).toEqual(ids);
    expect(second.json<List>().next_cursor).toBeNull();
  });

  it('is filtered by what is asked for', async () => {
    const { call, service, addNotification } = await setUp();
    await addNotification(service.as);
    const wanted = await addNotification(service.as, { reference: 'wanted & found' });
    const answer = await call('GET', '/v1/notifications?reference=wanted%20%26%20found&status=created');
    expect(answer.json()).toMatchObject({ items: [{ id: wanted }] });
  });

  it("refuses a service that asks for another's", async () => {
    const { call, service, addService } = await setUp();
    const { as } = await addService('Another service');
    const answer = await call('GET', `/v1/notifications?service_id=${service.id}`, { as });
    expect([answer.statusCode, answer.json()]).toMatchObject([403, { errors: [{ path: 'service_id' }] }]);
  });
});
