import { createTestApp } from '../support/test-app.ts';

type App = Awaited<ReturnType<typeof createTestApp>>;
let t: App;
let campaignId: string;
let serviceId: string;
let key: string;

const sms = { type: 'sms', to: '+61491570156', provider: 'twilio' };
const email = { type: 'email', to: 'person@example.com' };
const aMember = (changes: object = {}) => ({
  attributes: { studentId: '00123456' },
  destinations: [sms],
  ...changes,
});

beforeEach(async () => {
  t = await createTestApp();
  serviceId = await post('/v1/services', { name: 'University', profile: 'dispatch' });
  const made = await t.call('POST', `/v1/services/${serviceId}/api-keys`, {
    body: { name: 'production', key_type: 'live' },
  });
  key = `Bearer ${made.json<{ key: string }>().key}`;
  campaignId = await post('/v1/campaigns', {
    service_id: serviceId,
    name: 'Term fees',
    environment: { live: { team: 'fees' }, test: { tester: 'nobody' } },
  });
});
afterEach(() => t.app.close());

async function post(path: string, body: object): Promise<string> {
  const answer = await t.call('POST', path, { body });
  expect(answer.statusCode).toBe(201);
  return answer.json<{ id: string }>().id;
}

const communicate = (callbacks: object[], changes: object = {}) =>
  t.call('POST', `/v1/campaigns/${campaignId}/communications`, {
    body: {
      name: 'First reminder',
      mode: 'live',
      notification_list: ['ops@university.example'],
      callbacks,
      ...changes,
    },
  });
const aCallback = (changes: object = {}) => ({
  event: 'message_sent',
  method: 'GET',
  url: 'https://university.example/sent/${studentId}/${id}?team=${team}',
  ...changes,
});
async function aCommunication(callbacks = [aCallback()]): Promise<string> {
  return (await communicate(callbacks)).json<{ id: string }>().id;
}
async function aBatch(
  members: object[] = [aMember()],
  communicationId?: string,
): Promise<{ id: string; members: string[] }> {
  const path = `/v1/communications/${communicationId ?? (await aCommunication())}/batches`;
  const { id, members: made } = (await t.call('POST', path, { body: { members } })).json<{
    id: string;
    members: { id: string }[];
  }>();
  return { id, members: made.map((member) => member.id) };
}
const refusalOf = (answer: { json: () => unknown }) =>
  (answer.json() as { errors?: { path: string; message: string }[] }).errors?.[0];

describe('A campaign', () => {
  it('is shown with its environments', async () => {
    expect((await t.call('GET', `/v1/campaigns/${campaignId}`)).json()).toMatchObject({
      service_id: serviceId,
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
    const body = { service_id: serviceId, name: 'x', environment: {} };
    expect((await t.call('POST', '/v1/campaigns', { as: key, body })).statusCode).toBe(403);
  });
});

describe('A communication', () => {
  it('is shown with its callbacks, three attempts five minutes apart of 120 seconds unless it says otherwise, and no secret', async () => {
    const made = await communicate([
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
      ...{ campaign_id: campaignId, service_id: serviceId, name: 'First reminder', mode: 'live' },
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
    expect((await t.call('GET', `/v1/communications/${id}`, { as: key })).json()).toEqual(made.json());
  });

  it.each([
    ['an unclosed variable', 'https://university.example/${studentId'],
    ['a variable in the authority', 'https://${host}/sent'],
    ['a variable that makes the port', 'https://university.example:${port}/sent'],
    ['a URL that is none', 'university.example/${id}'],
    ['a user name in it', 'https://me@university.example/${id}'],
    ['http', 'http://university.example/${id}'],
  ])('is refused for %s', async (_what, url) => {
    const answer = await communicate([aCallback(), aCallback({ event: 'message_delivery_problem', url })]);
    expect(answer.statusCode).toBe(400);
    expect(refusalOf(answer)?.path).toBe('callbacks.1.url');
  });

  it('is refused where its completion would be told with a variable that no batch has', async () => {
    const of = (url: string) => communicate([aCallback({ event: 'communication_complete', url })]);
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
    expect((await communicate(callbacks)).statusCode).toBe(400);
  });

  it('is not there for another service', async () => {
    const { as } = await t.addService();
    const id = await aCommunication();
    for (const path of ['', '/callbacks'])
      expect((await t.call('GET', `/v1/communications/${id}${path}`, { as })).statusCode).toBe(404);
    expect(
      (await t.call('POST', `/v1/communications/${id}/batches`, { as, body: { members: [] } })).statusCode,
    ).toBe(404);
    expect((await t.call('POST', `/v1/communications/${id}/disable`, { as: key })).statusCode).toBe(403);
  });

  it('is disabled and enabled whole', async () => {
    const communicationId = await aCommunication();
    const { members } = await aBatch([aMember()], communicationId);
    const disabled = await t.call('POST', `/v1/communications/${communicationId}/disable`, {
      body: { reason: 'Moving.' },
    });
    expect(disabled.json()).toMatchObject({ state: 'disabled', disabled_reason: 'Moving.' });
    const body = { destination: sms.to, status: 'sent' };
    await t.call('POST', `/v1/notifications/${String(members[0])}/statuses`, { as: key, body });
    const shown = async () => (await t.call('GET', `/v1/communications/${communicationId}`)).json<object>();
    expect(await shown()).toMatchObject({ state: 'disabled', held: 1 });

    const enabled = await t.call('POST', `/v1/communications/${communicationId}/enable`);
    expect(enabled.statusCode).toBe(202);
    expect(enabled.json()).toMatchObject({ held: 1 });
    expect(await shown()).toMatchObject({ state: 'enabled', disabled_reason: null });
    for (const verb of ['disable', 'enable'])
      expect((await t.call('POST', `/v1/communications/${serviceId}/${verb}`)).statusCode).toBe(404);
  });
});

describe('A batch', () => {
  it('gives each member an id, in their order, and shows them with what is known of them', async () => {
    const { id, members } = await aBatch([aMember(), aMember({ destinations: [email, sms] })]);
    const body = { destination: email.to, status: 'sent' };
    await t.call('POST', `/v1/notifications/${String(members[1])}/statuses`, { as: key, body });
    const shown = (await t.call('GET', `/v1/batches/${id}?includemembers=true`, { as: key })).json<object>();
    expect(shown).toMatchObject({
      ...{ id, service_id: serviceId, status: 'IN_PROGRESS', member_count: 2, processed_count: 0 },
      workflow_id: `batch/${id}`,
      members: [
        { id: members[0], status: 'waiting', destinations: [{ ...sms, status: null, processed: false }] },
        {
          id: members[1],
          attributes: { studentId: '00123456' },
          destinations: [
            { type: 'email', to: email.to, provider: null, status: 'sent', processed: true },
            { status: null, processed: false },
          ],
          status: 'sent',
        },
      ],
      next_cursor: null,
    });
    expect((await t.call('GET', `/v1/batches/${id}`)).json()).not.toHaveProperty('members');
  });

  it('is shown in pages where that is asked for', async () => {
    const { id, members } = await aBatch(Array.from({ length: 5 }, () => aMember()));
    const seen: string[] = [];
    for (let cursor: string | null = '0'; cursor !== null;) {
      const page: { members: { id: string }[]; next_cursor: string | null } = (
        await t.call('GET', `/v1/batches/${id}?includemembers=true&limit=2&cursor=${cursor}`)
      ).json();
      seen.push(...page.members.map((member) => member.id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(members);
    for (const query of ['limit=0', 'limit=10001', 'cursor=x', 'includemembers=yes', 'other=1'])
      expect((await t.call('GET', `/v1/batches/${id}?${query}`)).statusCode).toBe(400);
  });

  it('takes further members until it is completed, and then says so', async () => {
    const { id, members } = await aBatch();
    const append = () =>
      t.call('POST', `/v1/batches/${id}/members`, { as: key, body: { members: [aMember()] } });
    const appended = await append();
    expect(appended.statusCode).toBe(201);
    expect(appended.json()).toMatchObject({ id, members: [{ status: 'waiting' }] });
    for (const _again of [1, 2]) {
      const closed = await t.call('POST', `/v1/batches/${id}/complete`, { as: key });
      expect(closed.statusCode).toBe(200);
      expect(closed.json()).toMatchObject({ status: 'IN_PROGRESS', member_count: 2 });
    }
    const late = await append();
    expect(late.statusCode).toBe(409);
    expect(late.json<{ detail: string }>().detail).toMatch(/was completed/);
    expect(members).toHaveLength(1);
    expect((await t.call('GET', `/v1/batches/${id}`)).json()).toMatchObject({ member_count: 2 });
  });

  it.each([
    ['without a destination', { destinations: [] }, 'destinations'],
    ['with a destination twice', { destinations: [sms, sms] }, 'destinations'],
    [
      'with a destination that is none',
      { destinations: [{ type: 'email', to: 'nobody' }] },
      'destinations.0.to',
    ],
    ['with attributes that are not flat', { attributes: { address: { city: 'x' } } }, 'attributes.address'],
    ['with a list among its attributes', { attributes: { tags: ['x'] } }, 'attributes.tags'],
    ['with a number that would not be kept', { attributes: { number: 2 ** 60 } }, 'attributes.number'],
    [
      'with attributes of 1 MB',
      { attributes: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`a${n}`, 'x'.repeat(26_000)])) },
      'attributes',
    ],
    [
      'with one attribute that is too long',
      { attributes: { text: 'x'.repeat(1_000_000) } },
      'attributes.text',
    ],
    ['with a field of another kind', { name: 'x' }, 'name'],
  ])('is refused whole for a member %s, which is named by its index', async (_what, changes, path) => {
    const communicationId = await aCommunication();
    const members = [...Array.from({ length: 9 }, () => aMember()), aMember(changes)];
    const answer = await t.call('POST', `/v1/communications/${communicationId}/batches`, {
      body: { members },
    });
    expect(answer.statusCode).toBe(400);
    expect(refusalOf(answer)?.path).toBe(`members.9.${path}`);
    expect(t.ports.memory.batches.size).toBe(0);
    expect((await t.call('GET', `/v1/communications/${communicationId}`)).json()).toMatchObject({
      status: 'PENDING',
    });
  });

  it('of 10,000 members is refused for the one that is wrong, and of more than 20,000 for their number', async () => {
    const path = `/v1/communications/${await aCommunication()}/batches`;
    const members = Array.from({ length: 10_000 }, () => aMember());
    members[7777] = aMember({ destinations: [] });
    const one = await t.call('POST', path, { body: { members } });
    expect(one.statusCode).toBe(400);
    expect(one.json()).toMatchObject({ errors: [{ path: 'members.7777.destinations' }] });
    const many = await t.call('POST', path, {
      body: { members: Array.from({ length: 20_001 }, () => aMember()) },
    });
    expect(many.statusCode).toBe(400);
    expect(refusalOf(many)).toEqual({ path: 'members', message: 'must be at most 20000 items' });
  });

  it('is not there for another service, nor is one that there is not', async () => {
    const { as } = await t.addService();
    const { id } = await aBatch();
    for (const which of [id, serviceId]) {
      const caller = which === id ? as : key;
      expect((await t.call('GET', `/v1/batches/${which}`, { as: caller })).statusCode).toBe(404);
      expect((await t.call('POST', `/v1/batches/${which}/complete`, { as: caller })).statusCode).toBe(404);
      const body = { members: [aMember()] };
      expect((await t.call('POST', `/v1/batches/${which}/members`, { as: caller, body })).statusCode).toBe(
        404,
      );
    }
    expect((await t.call('GET', `/v1/notifications/${id}`)).statusCode).toBe(404);
  });
});

describe('A member', () => {
  it('is a notification, with statuses, problems and a history', async () => {
    const communicationId = await aCommunication([
      aCallback(),
      aCallback({
        event: 'message_delivery_status_change',
        url: 'https://university.example/${messageStatus}',
      }),
      aCallback({ event: 'message_delivery_problem', url: 'https://university.example/problem' }),
    ]);
    const { members } = await aBatch([aMember({ destinations: [sms, email] })], communicationId);
    const path = `/v1/notifications/${String(members[0])}`;
    expect((await t.call('GET', path, { as: key })).json()).toMatchObject({
      notification_type: 'member',
      status: 'created',
    });
    const status = await t.call('POST', `${path}/statuses`, {
      as: key,
      body: { destination: sms.to, status: 'sent' },
    });
    expect(status.statusCode).toBe(202);
    expect(status.json()).toEqual({ notification_id: members[0], sequence: 1, duplicate: false });
    const body = { destination: email.to, message: 'The template has no body.', event_id: serviceId };
    expect((await t.call('POST', `${path}/problems`, { as: key, body })).json()).toMatchObject({
      sequence: 2,
    });
    const again = await t.call('POST', `${path}/problems`, { as: key, body });
    expect([again.statusCode, again.json()]).toMatchObject([200, { sequence: 2, duplicate: true }]);

    const history = (await t.call('GET', `${path}/callbacks`, { as: key })).json<{ items: object[] }>();
    expect(history.items).toMatchObject([
      { event: 'message_delivery_status_change', sequence: 1, status: 'sent' },
      { event: 'message_delivery_problem', sequence: 2, status: 'problem' },
      { event: 'message_sent', sequence: 3 },
    ]);
    const whole = await t.call('GET', `/v1/communications/${communicationId}/callbacks?limit=2`, { as: key });
    const page = whole.json<{
      items: { sequence: number; notification_id: string }[];
      next_cursor: string;
    }>();
    expect(page.items).toMatchObject([{ sequence: 3, notification_id: members[0] }, { sequence: 2 }]);
    const next = await t.call(
      'GET',
      `/v1/communications/${communicationId}/callbacks?cursor=${page.next_cursor}`,
    );
    expect(next.json()).toMatchObject({ items: [{ sequence: 1 }], next_cursor: null });
    expect((await t.call('GET', `/v1/communications/${communicationId}/callbacks?cursor=x`)).statusCode).toBe(
      400,
    );
  });

  it.each([
    ['no destination', { status: 'sent' }, 'destination'],
    [
      'a destination that it does not have',
      { destination: 'nobody@example.com', status: 'sent' },
      'destination',
    ],
    ['a word that is not Twilio’s', { destination: sms.to, status: 'permanent-failure' }, 'status'],
  ])('takes no status with %s', async (_what, body, path) => {
    const { members } = await aBatch();
    const answer = await t.call('POST', `/v1/notifications/${String(members[0])}/statuses`, {
      as: key,
      body,
    });
    expect(answer.statusCode).toBe(400);
    expect(refusalOf(answer)?.path).toBe(path);
  });

  it('has no complaints', async () => {
    const { members } = await aBatch();
    const answer = await t.call('POST', `/v1/notifications/${String(members[0])}/complaints`, {
      as: key,
      body: {},
    });
    expect(answer.statusCode).toBe(409);
  });
});

describe('The two kinds of service', () => {
  it('do not mix: a Dispatch service has no callbacks, notifications or messages of its own', async () => {
    const body = { url: 'https://university.example', to: '07700900123', notification_type: 'sms' };
    const put = await t.call('PUT', `/v1/services/${serviceId}/callbacks/delivery_status`, {
      body: { url: body.url },
    });
    expect(put.statusCode).toBe(409);
    expect(put.json<{ detail: string }>().detail).toMatch(/campaigns, communications and batches/);
    const { to, notification_type } = body;
    expect(
      (await t.call('POST', '/v1/notifications', { as: key, body: { to, notification_type } })).statusCode,
    ).toBe(409);
    const inbound = { source_number: '+61491570156', destination_number: '+61491570157', message: 'Hello' };
    expect(
      (await t.call('POST', `/v1/services/${serviceId}/inbound`, { as: key, body: inbound })).statusCode,
    ).toBe(409);
    expect((await t.call('GET', '/v2/notifications', { as: key })).statusCode).toBe(403);
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
