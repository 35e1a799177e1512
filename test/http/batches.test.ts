import { aCallback, aMember, createDispatchApp, email, refusalOf, sms } from '../support/dispatch-app.ts';

let t: Awaited<ReturnType<typeof createDispatchApp>>;

beforeEach(async () => {
  t = await createDispatchApp();
});
afterEach(() => t.app.close());

describe('A batch', () => {
  it('gives each member an id, in their order, and shows them with what is known of them', async () => {
    const { id, members } = await t.aBatch([aMember(), aMember({ destinations: [email, sms] })]);
    const body = { destination: email.to, status: 'sent' };
    await t.call('POST', `/v1/notifications/${String(members[1])}/statuses`, { as: t.key, body });
    const shown = (
      await t.call('GET', `/v1/batches/${id}?includemembers=true`, { as: t.key })
    ).json<object>();
    expect(shown).toMatchObject({
      ...{ id, service_id: t.serviceId, status: 'IN_PROGRESS', member_count: 2, processed_count: 0 },
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
    const { id, members } = await t.aBatch(Array.from({ length: 5 }, () => aMember()));
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
    const { id, members } = await t.aBatch();
    const append = () =>
      t.call('POST', `/v1/batches/${id}/members`, { as: t.key, body: { members: [aMember()] } });
    const appended = await append();
    expect(appended.statusCode).toBe(201);
    expect(appended.json()).toMatchObject({ id, members: [{ status: 'waiting' }] });
    for (let times = 1; times <= 2; times += 1) {
      const closed = await t.call('POST', `/v1/batches/${id}/complete`, { as: t.key });
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
      'with attributes of 200 kB',
      { attributes: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`a${n}`, 'x'.repeat(5_000)])) },
      'attributes',
    ],
    ['with one attribute that is too long', { attributes: { text: 'x'.repeat(200_000) } }, 'attributes.text'],
    ['that is larger than any can be', { attributes: { text: 'x'.repeat(1_000_000) } }, ''],
    ['with a field of another kind', { name: 'x' }, 'name'],
  ])('is refused whole for a member %s, which is named by its index', async (_what, changes, path) => {
    const communicationId = await t.aCommunication();
    const members = [...Array.from({ length: 9 }, () => aMember()), aMember(changes)];
    const answer = await t.call('POST', `/v1/communications/${communicationId}/batches`, {
      body: { members },
    });
    expect(answer.statusCode).toBe(400);
    expect(refusalOf(answer)?.path).toBe(['members.9', path].filter(Boolean).join('.'));
    expect(t.ports.memory.batches.size).toBe(0);
    expect((await t.call('GET', `/v1/communications/${communicationId}`)).json()).toMatchObject({
      status: 'PENDING',
    });
  });

  it('of 10,000 members is refused for the one that is wrong, and of more than 20,000 for their number', async () => {
    const path = `/v1/communications/${await t.aCommunication()}/batches`;
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
    const { id } = await t.aBatch();
    for (const which of [id, t.serviceId]) {
      const caller = which === id ? as : t.key;
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
    const communicationId = await t.aCommunication([
      aCallback(),
      aCallback({
        event: 'message_delivery_status_change',
        url: 'https://university.example/${messageStatus}',
      }),
      aCallback({ event: 'message_delivery_problem', url: 'https://university.example/problem' }),
    ]);
    const { members } = await t.aBatch([aMember({ destinations: [sms, email] })], communicationId);
    const path = `/v1/notifications/${String(members[0])}`;
    expect((await t.call('GET', path, { as: t.key })).json()).toMatchObject({
      notification_type: 'member',
      status: 'created',
    });
    const status = await t.call('POST', `${path}/statuses`, {
      as: t.key,
      body: { destination: sms.to, status: 'sent' },
    });
    expect(status.statusCode).toBe(202);
    expect(status.json()).toEqual({ notification_id: members[0], sequence: 1, duplicate: false });
    const body = { destination: email.to, message: 'The template has no body.', event_id: t.serviceId };
    expect((await t.call('POST', `${path}/problems`, { as: t.key, body })).json()).toMatchObject({
      sequence: 2,
    });
    const again = await t.call('POST', `${path}/problems`, { as: t.key, body });
    expect([again.statusCode, again.json()]).toMatchObject([200, { sequence: 2, duplicate: true }]);

    const history = (await t.call('GET', `${path}/callbacks`, { as: t.key })).json<{ items: object[] }>();
    expect(history.items).toMatchObject([
      { event: 'message_delivery_status_change', sequence: 1, status: 'sent' },
      { event: 'message_delivery_problem', sequence: 2, status: 'problem' },
      { event: 'message_sent', sequence: 3 },
    ]);
    const whole = await t.call('GET', `/v1/communications/${communicationId}/callbacks?limit=2`, {
      as: t.key,
    });
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
    const { members } = await t.aBatch();
    const answer = await t.call('POST', `/v1/notifications/${String(members[0])}/statuses`, {
      as: t.key,
      body,
    });
    expect(answer.statusCode).toBe(400);
    expect(refusalOf(answer)?.path).toBe(path);
  });

  it('has no complaints', async () => {
    const { members } = await t.aBatch();
    const answer = await t.call('POST', `/v1/notifications/${String(members[0])}/complaints`, {
      as: t.key,
      body: {},
    });
    expect(answer.statusCode).toBe(409);
  });
});
