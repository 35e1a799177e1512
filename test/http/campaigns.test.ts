import { aCallback, aMember, createDispatchApp, refusalOf, sms } from '../support/dispatch-app.ts';

let t: Awaited<ReturnType<typeof createDispatchApp>>;

beforeEach(async () => {
  t = await createDispatchApp();
});
afterEach(() => t.app.close());

describe('A campaign', () => {
  it('is shown with its environments', async () => {
    expect((await t.call('GET', `/v1/campaigns/${t.campaignId}`)).json()).toMatchObject({
      service_id: t.serviceId,
      name: 'Term fees',
      environment: { live: { team: 'fees' }, test: { tester: 'nobody' } },
    });
  });

  it('is for a Dispatch service, and for the operator to make', async () => {
    const { id } = await t.addService();
    const other = await t.call('POST', '/v1/campaigns', {
      body: { service_id: id, name: 'x', environment: {} },
    });
    expect(other.statusCode).toBe(400);
    expect(refusalOf(other)?.path).toBe('service_id');
    const body = { service_id: t.serviceId, name: 'x', environment: {} };
    expect((await t.call('POST', '/v1/campaigns', { as: t.key, body })).statusCode).toBe(403);
  });
});

describe('A communication', () => {
  it('is shown with its callbacks, three attempts five minutes apart of 120 seconds unless it says otherwise, and no secret', async () => {
    const made = await t.communicate([
      aCallback({ credentials: { type: 'basic', username: 'ringback', password: 'a secret' } }),
      aCallback({
        event: 'communication_complete',
        method: 'POST',
        url: 'https://university.example/complete/${batchId}',
        policy: { attempts: 5 },
        credentials: { type: 'header', header: 'X-Key', value: 'a secret' },
      }),
    ]);
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({
      ...{ campaign_id: t.campaignId, service_id: t.serviceId, name: 'First reminder', mode: 'live' },
      ...{ status: 'PENDING', state: 'enabled', held: 0, notification_list: ['ops@university.example'] },
      callbacks: [
        {
          event: 'communication_complete',
          policy: { attempts: 5, interval_seconds: 300, timeout_seconds: 120 },
          credentials: { type: 'header', header: 'X-Key' },
        },
        {
          event: 'message_sent',
          policy: { attempts: 3, interval_seconds: 300, timeout_seconds: 120 },
          credentials: { type: 'basic', username: 'ringback' },
        },
      ],
    });
    expect(made.body).not.toContain('a secret');
    const { id } = made.json<{ id: string }>();
    expect((await t.call('GET', `/v1/communications/${id}`, { as: t.key })).json()).toEqual(made.json());
  });

  it.each([
    ['an unclosed variable', 'https://university.example/${studentId'],
    ['a variable in the authority', 'https://${host}/sent'],
    ['a variable that makes the port', 'https://university.example:${port}/sent'],
    ['a URL that is none', 'university.example/${id}'],
    ['a user name in it', 'https://me@university.example/${id}'],
    ['http', 'http://university.example/${id}'],
  ])('is refused for %s', async (_what, url) => {
    const answer = await t.communicate([aCallback(), aCallback({ event: 'message_delivery_problem', url })]);
    expect(answer.statusCode).toBe(400);
    expect(refusalOf(answer)?.path).toBe('callbacks.1.url');
  });

  it('is refused where its completion would be told with a variable that no batch has', async () => {
    const of = (url: string) => t.communicate([aCallback({ event: 'communication_complete', url })]);
    const refused = await of('https://university.example/${studentId}/${tester}/${team}');
    expect(refused.statusCode).toBe(400);
    expect(refusalOf(refused)?.message).toContain('${studentId}, ${tester}');
    expect((await of('https://university.example/${batchId}/${communicationId}/${team}')).statusCode).toBe(
      201,
    );
  });

  it.each([
    ['two callbacks for one event', [aCallback(), aCallback()]],
    ['an event that there is not', [aCallback({ event: 'delivery_status' })]],
    ['another method', [aCallback({ method: 'PUT' })]],
    ['a name for what the event does not say', [aCallback({ names: { messageStatus: 'status' } })]],
    [
      'one name for two things',
      [aCallback({ event: 'message_delivery_status_change', names: { errorCode: 'destination' } })],
    ],
    ['credentials of another kind', [aCallback({ credentials: { type: 'none' } })]],
  ])('is refused for %s', async (_what, callbacks) => {
    expect((await t.communicate(callbacks)).statusCode).toBe(400);
  });

  it('can be told to call elsewhere, with the credentials that it has or with others', async () => {
    const credentials = { type: 'basic', username: 'ringback', password: 'a secret' };
    const id = await t.aCommunication([aCallback({ credentials })]);
    const put = (event: string, body: object) =>
      t.call('PUT', `/v1/communications/${id}/callbacks/${event}`, { body: { method: 'GET', ...body } });
    const url = 'https://elsewhere.example/${id}';
    const changed = await put('message_sent', { url });
    expect(changed.statusCode).toBe(200);
    expect(changed.json()).toMatchObject({
      callbacks: [{ url, credentials: { type: 'basic', username: 'ringback' } }],
    });
    expect((await put('message_sent', { url, credentials: null })).json()).toMatchObject({
      callbacks: [{ credentials: { type: 'none' } }],
    });
    expect(
      (await put('message_delivery_problem', { url })).json<{ callbacks: object[] }>().callbacks,
    ).toHaveLength(2);

    expect(refusalOf(await put('message_sent', { url: 'https://${host}/' }))?.path).toBe('url');
    expect(refusalOf(await put('communication_complete', { url }))?.path).toBe('url');
    expect(refusalOf(await put('message_sent', { url, names: { x: 'y' } }))?.path).toBe('names');
    expect((await put('delivery_status', { url })).statusCode).toBe(400);
    const body = { method: 'GET', url };
    const path = `/v1/communications/${t.serviceId}/callbacks/message_sent`;
    expect((await t.call('PUT', path, { body })).statusCode).toBe(404);
    expect(
      (await t.call('PUT', `/v1/communications/${id}/callbacks/message_sent`, { as: t.key, body }))
        .statusCode,
    ).toBe(403);
  });

  it('is not there for another service', async () => {
    const { as } = await t.addService();
    const id = await t.aCommunication();
    for (const path of ['', '/callbacks'])
      expect((await t.call('GET', `/v1/communications/${id}${path}`, { as })).statusCode).toBe(404);
    expect(
      (await t.call('POST', `/v1/communications/${id}/batches`, { as, body: { members: [] } })).statusCode,
    ).toBe(404);
    expect((await t.call('POST', `/v1/communications/${id}/disable`, { as: t.key })).statusCode).toBe(403);
  });

  it('is disabled and enabled whole', async () => {
    const communicationId = await t.aCommunication();
    const { members } = await t.aBatch([aMember()], communicationId);
    const disabled = await t.call('POST', `/v1/communications/${communicationId}/disable`, {
      body: { reason: 'Moving.' },
    });
    expect(disabled.json()).toMatchObject({ state: 'disabled', disabled_reason: 'Moving.' });
    const body = { destination: sms.to, status: 'sent' };
    await t.call('POST', `/v1/notifications/${String(members[0])}/statuses`, { as: t.key, body });
    const shown = async () => (await t.call('GET', `/v1/communications/${communicationId}`)).json<object>();
    expect(await shown()).toMatchObject({ state: 'disabled', held: 1 });

    const enabled = await t.call('POST', `/v1/communications/${communicationId}/enable`);
    expect(enabled.statusCode).toBe(202);
    expect(enabled.json()).toMatchObject({ held: 1 });
    expect(await shown()).toMatchObject({ state: 'enabled', disabled_reason: null });
    for (const verb of ['disable', 'enable'])
      expect((await t.call('POST', `/v1/communications/${t.serviceId}/${verb}`)).statusCode).toBe(404);
  });
});

describe('The two kinds of service', () => {
  it('do not mix: a Dispatch service has no callbacks, notifications or messages of its own', async () => {
    const body = { url: 'https://university.example', to: '07700900123', notification_type: 'sms' };
    const put = await t.call('PUT', `/v1/services/${t.serviceId}/callbacks/delivery_status`, {
      body: { url: body.url },
    });
    expect(put.statusCode).toBe(409);
    expect(put.json<{ detail: string }>().detail).toMatch(/campaigns, communications and batches/);
    const { to, notification_type } = body;
    expect(
      (await t.call('POST', '/v1/notifications', { as: t.key, body: { to, notification_type } })).statusCode,
    ).toBe(409);
    const inbound = { source_number: '+61491570156', destination_number: '+61491570157', message: 'Hello' };
    expect(
      (await t.call('POST', `/v1/services/${t.serviceId}/inbound`, { as: t.key, body: inbound })).statusCode,
    ).toBe(409);
    expect((await t.call('GET', '/v2/notifications', { as: t.key })).statusCode).toBe(403);
  });

  it('do not mix: a notification has no destinations and no problems', async () => {
    const { as } = await t.addService();
    const id = await t.addNotification(as);
    const status = await t.call('POST', `/v1/notifications/${id}/statuses`, {
      as,
      body: { status: 'delivered', destination: 'person@example.com' },
    });
    expect([status.statusCode, refusalOf(status)?.path]).toEqual([400, 'destination']);
    const problem = await t.call('POST', `/v1/notifications/${id}/problems`, { as, body: { message: 'x' } });
    expect(problem.statusCode).toBe(409);
  });
});
