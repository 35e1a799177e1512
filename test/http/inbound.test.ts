// Text messages that people send to a service.
import { v7 as uuidv7 } from 'uuid';
import { createTestApp } from '../support/test-app.ts';

type Accepted = { id: string; sequence: number; duplicate: boolean };

async function withInbound(profile = 'govuk-notify') {
  const app = await createTestApp();
  const { id } = (await app.call('POST', '/v1/services', { body: { name: 'Parking', profile } })).json<{
    id: string;
  }>();
  const url = 'https://example.com/inbound';
  await app.call('PUT', `/v1/services/${id}/callbacks/inbound_sms`, { body: { url } });
  const send = (changes: Record<string, unknown> = {}, as?: string) =>
    app.call('POST', `/v1/services/${id}/inbound`, {
      ...(as !== undefined && { as }),
      body: {
        source_number: '07700 900456',
        destination_number: '07700900789',
        message: 'Hello',
        ...changes,
      },
    });
  const history = async (messageId: string, as?: string) =>
    app.call('GET', `/v1/inbound/${messageId}/callbacks`, as === undefined ? {} : { as });
  return { ...app, serviceId: id, send, history };
}

test('a message is accepted and has a history of its own, under a workflow of its own kind', async () => {
  const { send, history } = await withInbound();

  const answer = await send();

  expect([answer.statusCode, answer.json()]).toEqual([
    202,
    { id: expect.any(String) as string, sequence: 1, duplicate: false },
  ]);
  const { id } = answer.json<Accepted>();
  expect((await history(id)).json()).toMatchObject({
    items: [
      {
        id,
        event: 'inbound_sms',
        status: 'received',
        state: 'pending',
        workflow_id: expect.stringMatching(/^inbound\//) as string,
      },
    ],
  });
});

test('messages of one number are numbered together, however it is written, and those of others apart', async () => {
  const { send } = await withInbound();
  const sequenceOf = async (source_number: string) =>
    (await send({ source_number })).json<Accepted>().sequence;

  expect([
    await sequenceOf('07700900456'),
    await sequenceOf('+447700900456'),
    await sequenceOf('07700900457'),
    await sequenceOf('447700900456'),
  ]).toEqual([1, 2, 1, 3]);
});

test('the history of a message shows no other one of its number', async () => {
  const { send, history } = await withInbound();
  await send();
  const { id } = (await send()).json<Accepted>();
  expect((await history(id)).json<{ items: { id: string }[] }>().items.map((item) => item.id)).toEqual([id]);
});

test('the same event id again is the same message, and with other words it is refused', async () => {
  const { send } = await withInbound();
  const eventId = uuidv7();

  expect((await send({ event_id: eventId })).statusCode).toBe(202);
  const again = await send({ event_id: eventId });
  expect([again.statusCode, again.json()]).toEqual([200, { id: eventId, sequence: 1, duplicate: true }]);
  const other = await send({ event_id: eventId, message: 'Goodbye' });
  expect([other.statusCode, other.json<{ code: string }>().code]).toEqual([409, 'CONFLICT']);
  expect((await send({ event_id: eventId, source_number: '07700900999' })).statusCode).toBe(409);
});

test('one that has failed is sent again, by its id', async () => {
  const { send, history, call, ports, addService } = await withInbound();
  const { id } = (await send()).json<Accepted>();
  const [row] = [...ports.memory.statuses.values()].flat();
  if (row) Object.assign(row, { state: 'failed', queued: false });

  const { as } = await addService('Another');
  expect((await call('POST', `/v1/inbound/${id}/redeliver`, { as })).statusCode).toBe(404);
  const answer = await call('POST', `/v1/inbound/${id}/redeliver`);
  expect([answer.statusCode, answer.json()]).toMatchObject([202, { id, sequence: 1 }]);
  expect((await history(id)).json()).toMatchObject({ items: [{ state: 'pending' }] });
});

test('it is the service’s own and the operator’s: to others there is none', async () => {
  const { send, history, addService } = await withInbound();
  const { as } = await addService('Another');
  const { id } = (await send()).json<Accepted>();
  expect([(await send({}, as)).statusCode, (await history(id, as)).statusCode]).toEqual([404, 404]);
  expect((await history(uuidv7())).statusCode).toBe(404);
});

test('what stands for a number is no notification', async () => {
  const { send, call, ports } = await withInbound();
  await send();
  const [conversation] = ports.memory.conversations.values();
  const path = `/v1/notifications/${String(conversation)}`;

  expect((await call('GET', path)).statusCode).toBe(404);
  expect((await call('POST', `${path}/statuses`, { body: { status: 'delivered' } })).statusCode).toBe(404);
  expect((await call('GET', '/v1/notifications')).json()).toMatchObject({ items: [] });
});

test.each([
  ['source_number', undefined],
  ['destination_number', ''],
  ['message', 'a\u0000b'],
  ['message', '\ud800'],
  ['date_received', 'yesterday'],
  ['event_id', '1'],
  ['surprise', true],
])('a message with the wrong %s is refused by its name', async (field, value) => {
  const { send } = await withInbound();
  const answer = await send({ [field]: value });
  expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining(field)]);
});
