// What a key of each type may see and touch, over every route and the real database.
import type { LightMyRequestResponse } from 'fastify';
import { aMember } from '../support/dispatch-app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createKeyTypeStage, keyTypes, type KeyType, type KeyTypeStage } from '../support/key-type-stage.ts';
import { routesOf } from '../support/routes-of.ts';

let database: TestDatabase;
let stage: KeyTypeStage;
beforeAll(async () => {
  database = await createTestDatabase();
  stage = await createKeyTypeStage(database);
});
afterAll(async () => {
  await stage.app.close();
  await database.drop();
});

const seen: Record<KeyType, readonly KeyType[]> = {
  live: ['live', 'team'],
  team: ['live', 'team'],
  test: ['test'],
};

/** Whether a caller got at what was made with a key of a type. */
type Reach = (caller: KeyType, made: KeyType) => Promise<boolean>;

const found = ({ statusCode, body }: LightMyRequestResponse): boolean => {
  if (statusCode === 404) return false;
  if (statusCode >= 200 && statusCode < 300) return true;
  throw new Error(`${statusCode}: ${body}`);
};
const call = (method: 'GET' | 'POST', path: string, caller: KeyType, body?: object) =>
  stage.call(method, path, { as: stage.keys[caller], body });
const items = (answer: LightMyRequestResponse): { id: string }[] =>
  answer.json<{ items: { id: string }[] }>().items;

/** Routes that lead to notifications, and how each is tried. */
const reaches: Record<string, Reach> = {
  'POST /v1/notifications': async (caller, made) => {
    const { id, to, notification_type, reference } = await stage.email(made);
    const answer = await call('POST', '/v1/notifications', caller, { id, to, notification_type, reference });
    if (answer.statusCode === 409) return false;
    return found(answer);
  },
  'GET /v1/notifications': async (caller, made) => {
    const { id } = await stage.email(made);
    return items(await call('GET', '/v1/notifications?limit=500', caller)).some((item) => item.id === id);
  },
  'GET /v1/notifications/:id': async (caller, made) =>
    found(await call('GET', `/v1/notifications/${(await stage.email(made)).id}`, caller)),
  'POST /v1/notifications/:id/statuses': async (caller, made) =>
    found(
      await call('POST', `/v1/notifications/${(await stage.email(made)).id}/statuses`, caller, {
        status: 'permanent-failure',
      }),
    ),
  'POST /v1/notifications/:id/complaints': async (caller, made) =>
    found(await call('POST', `/v1/notifications/${(await stage.email(made)).id}/complaints`, caller, {})),
  'GET /v1/notifications/:id/callbacks': async (caller, made) =>
    found(await call('GET', `/v1/notifications/${(await stage.email(made)).id}/callbacks`, caller)),
  'GET /v1/notifications/:id/callbacks/:callback_id/attempts': async (caller, made) => {
    const { id, eventId } = await stage.email(made);
    return found(await call('GET', `/v1/notifications/${id}/callbacks/${eventId}/attempts`, caller));
  },
  'POST /v1/notifications/:id/callbacks/:callback_id/redeliver': async (caller, made) => {
    const { id, eventId } = await stage.email(made);
    return found(await call('POST', `/v1/notifications/${id}/callbacks/${eventId}/redeliver`, caller));
  },
  'POST /v1/letters/returned': async (caller, made) => {
    const body = { references: [await stage.letter(made)] };
    return (
      (await call('POST', '/v1/letters/returned', caller, body)).json<{ matched: number }>().matched === 1
    );
  },
  'GET /v1/letters/returned/:id': async (caller, made) => {
    const body = { references: [await stage.letter(made)] };
    const report = await call('POST', '/v1/letters/returned', made, body);
    return found(await call('GET', report.headers.location ?? '', caller));
  },
  'POST /v1/services/:id/inbound': async (caller, made) => {
    const id = await stage.inbound(made);
    const answer = await call(
      'POST',
      `/v1/services/${stage.serviceId}/inbound`,
      caller,
      stage.inboundBody(id),
    );
    if (answer.statusCode === 409) return false;
    return found(answer);
  },
  'GET /v1/inbound/:id/callbacks': async (caller, made) =>
    found(await call('GET', `/v1/inbound/${await stage.inbound(made)}/callbacks`, caller)),
  'GET /v1/inbound/:id/attempts': async (caller, made) =>
    found(await call('GET', `/v1/inbound/${await stage.inbound(made)}/attempts`, caller)),
  'POST /v1/inbound/:id/redeliver': async (caller, made) =>
    found(await call('POST', `/v1/inbound/${await stage.inbound(made)}/redeliver`, caller)),
  'GET /v2/notifications/:id': async (caller, made) =>
    found(await call('GET', `/v2/notifications/${(await stage.email(made)).id}`, caller)),
};

/** Routes of Dispatch, whose messages are all live: what they are tried with, and which refusal is theirs. */
const dispatchReaches: Record<string, (caller: KeyType) => Promise<boolean>> = {
  'POST /v1/notifications/:id/problems': async (caller) => {
    const { member } = await stage.batch();
    return found(await ofDispatch('POST', `/v1/notifications/${member}/problems`, caller, { message: 'x' }));
  },
  'GET /v1/batches/:id': async (caller) =>
    found(await ofDispatch('GET', `/v1/batches/${(await stage.batch()).id}?includemembers=true`, caller)),
  'POST /v1/batches/:id/members': async (caller) =>
    found(
      await ofDispatch('POST', `/v1/batches/${(await stage.batch()).id}/members`, caller, {
        members: [aMember()],
      }),
    ),
  'POST /v1/batches/:id/complete': async (caller) =>
    found(await ofDispatch('POST', `/v1/batches/${(await stage.batch()).id}/complete`, caller)),
  'POST /v1/communications/:id/batches': async (caller) => {
    const path = `/v1/communications/${stage.communicationId}/batches`;
    const answer = await ofDispatch('POST', path, caller, { members: [aMember()] });
    if (answer.statusCode === 403) return false;
    return found(answer);
  },
  'GET /v1/communications/:id/callbacks': async (caller) => {
    await stage.batch();
    const answer = await ofDispatch('GET', `/v1/communications/${stage.communicationId}/callbacks`, caller);
    return items(answer).length > 0;
  },
};
const ofDispatch = (method: 'GET' | 'POST', path: string, caller: KeyType, body?: object) =>
  stage.call(method, path, { as: stage.dispatchKeys[caller], body });

const listsText = async (caller: KeyType, made: KeyType): Promise<boolean> => {
  const id = await stage.inbound(made);
  const answer = await call('GET', '/v2/received-text-messages', caller);
  const messages = answer.json<{ received_text_messages: { id: string }[] }>().received_text_messages;
  return messages.some((message) => message.id === id);
};

/** A list for the clients of the Notify systems shows, as there, what was sent with its own type of key. */
const ofOwnTypeOnly = ['GET /v2/notifications'];
/** A service's inbound messages are listed with any of its keys, as there; those of test keys with test keys only. */
const ofTheService = ['GET /v2/received-text-messages'];

/** Routes that make a message of the caller's own type, under an id that is given here. */
const makers = [
  'POST /v2/notifications/sms',
  'POST /v2/notifications/email',
  'POST /v2/notifications/letter',
];

/** What belongs to a service as a whole: settings, and how far a drain of them is. No message is shown by it. */
const settings = [
  'GET /v1/services/:id/callbacks/:event',
  'GET /v1/services/:id/callbacks/:event/versions',
  'GET /v1/drains/:id',
  'GET /v1/communications/:id',
];

/** Each shows itself in its own way; no API key is looked at. */
const ofProviders = /^\S+ \/v1\/providers\//;

test('every route that a key can call has an entry here', async () => {
  const routes = routesOf(stage.app).filter((route) => / \/v[12]\//.test(route) && !ofProviders.test(route));
  const known = [
    ...[reaches, dispatchReaches].flatMap((table) => Object.keys(table)),
    ...[...ofOwnTypeOnly, ...ofTheService, ...makers, ...settings],
  ];
  const open = [];
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    const url = path.replaceAll(/:\w+/g, 'x');
    const answer = await stage.call(method as 'GET', url, { as: stage.keys.test });
    if (answer.statusCode !== 403) open.push(route);
  }
  // Dispatch's and Notify's routes refuse each other's services; those are called all the same.
  expect([...new Set([...open, ...known])].sort()).toEqual([...known].sort());
  expect(routes).toEqual(expect.arrayContaining(known));
  expect(routes.length).toBeGreaterThan(known.length);
});

const pairs = keyTypes.flatMap((caller) => keyTypes.map((made) => ({ caller, made })));

describe.each(Object.entries(reaches))('%s', (_route, reach) => {
  test.each(pairs)(
    'with a $caller key leads to what a $made key made only where that is its own kind',
    async (pair) => {
      expect(await reach(pair.caller, pair.made)).toBe(seen[pair.caller].includes(pair.made));
    },
  );
});

describe.each(Object.entries(dispatchReaches))('%s', (_route, reach) => {
  test.each(keyTypes)('with a %s key leads to a batch unless it is a test key', async (caller) => {
    expect(await reach(caller)).toBe(caller !== 'test');
  });
});

test.each(pairs)(
  'a $caller key lists a text that came with a $made key unless that is a test',
  async (pair) => {
    expect(await listsText(pair.caller, pair.made)).toBe(pair.caller === 'test' || pair.made !== 'test');
  },
);

test.each(pairs)(
  'a $caller key lists under /v2 what a $made key sent only where both are of one type',
  async (pair) => {
    const { id } = await stage.email(pair.made);
    const answer = await call('GET', '/v2/notifications', pair.caller);
    const list = answer.json<{ notifications: { id: string }[] }>().notifications;
    expect(list.some((notification) => notification.id === id)).toBe(pair.caller === pair.made);
  },
);

test.each(keyTypes)('what is sent under /v2 with a %s key is of that type', async (caller) => {
  const template_id = 'f33517ff-2a88-4f6e-b855-c550268ce08a';
  const bodies = {
    sms: { phone_number: '07700900123', template_id },
    email: { email_address: 'person@example.com', template_id },
    letter: { reference: 'letter-1', content: 'JVBERi0=' },
  };
  for (const [type, body] of Object.entries(bodies)) {
    const { id } = await stage.post(`/v2/notifications/${type}`, body, stage.keys[caller]);
    const shown = await stage.call('GET', `/v1/notifications/${id}`);
    expect(shown.json()).toMatchObject({ key_type: caller });
  }
});

test('a test key that repeats the registration of a live notification accepts nothing for it', async () => {
  const { id, to, notification_type, reference } = await stage.email('live');
  const before = (await stage.call('GET', `/v1/notifications/${id}/callbacks`)).json<object>();
  await call('POST', '/v1/notifications', 'test', { id, to, notification_type, reference });
  expect((await stage.call('GET', `/v1/notifications/${id}/callbacks`)).json()).toEqual(before);
});

test('a test key is not told whether a reference of a letter is a live one', async () => {
  const reference = await stage.letter('live');
  const answer = await call('POST', '/v1/letters/returned', 'test', { references: [reference] });
  expect(answer.json()).toEqual({ matched: 0, unmatched: [reference] });
});
