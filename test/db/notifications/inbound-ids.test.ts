// Text messages that providers bring get ids that are known beforehand, and a message's id is its own among all services: so no
// caller can take such an id before the provider's message comes.
import { eventIdFrom } from '../../../src/use-cases/acceptance/event-id-from.ts';
import { createDatabaseApp, type DatabaseApp } from '../../support/database-app.ts';

let app: DatabaseApp;
beforeAll(async () => {
  app = await createDatabaseApp();
}, 60_000);
afterAll(() => app.stop(), 60_000);

const basic = `Basic ${Buffer.from('mmg:the-providers-password').toString('base64')}`;

async function aService(keyType: string) {
  const { id } = (
    await app.call('POST', '/v1/services', { body: { name: 'Any', profile: 'govuk-notify' } })
  ).json<{ id: string }>();
  const body = { name: 'production', key_type: keyType };
  const { key } = (await app.call('POST', `/v1/services/${id}/api-keys`, { body })).json<{ key: string }>();
  return { id, as: `Bearer ${key}` };
}

test.each([
  ['another service', false],
  ['a test key of the service itself', true],
])('%s cannot keep a message from being taken', async (_who, isOwn) => {
  const victim = await aService('test');
  const attacker = isOwn ? victim : await aService('live');
  const configured = await app.call('PUT', `/v1/services/${victim.id}/providers/mmg`, {
    body: {
      credentials: { username: 'mmg', password: 'the-providers-password' },
      inbound_numbers: [isOwn ? '+447700900788' : '+447700900789'],
    },
  });
  expect(configured.statusCode).toBe(201);
  const event_id = eventIdFrom(`inbound/mmg/${victim.id}/4711`);
  const taken = await app.call('POST', `/v1/services/${attacker.id}/inbound`, {
    as: attacker.as,
    body: { event_id, source_number: '07700900123', destination_number: '60006', message: 'x' },
  });
  expect([taken.statusCode, taken.json()]).toMatchObject([
    400,
    {
      errors: [
        {
          path: 'event_id',
          message: 'must be a UUID of another version than 8: Ringback makes those itself',
        },
      ],
    },
  ]);

  const answer = await app.call('POST', '/v1/providers/mmg/inbound', {
    as: basic,
    body: {
      ...{ MSISDN: '447700900123', Number: isOwn ? '447700900788' : '447700900789' },
      ...{ Message: 'STOP', ID: '4711', DateRecieved: '2026-06-15 11:30:00' },
    },
  });
  expect(answer.statusCode).toBe(200);
  const { rows } = await app.pool.query('SELECT service_id FROM inbound_messages WHERE id = $1', [event_id]);
  expect(rows).toEqual([{ service_id: victim.id }]);
});
