// GOV.UK Notify's own clients, unmodified, with our address as their base URL and a test key.
import { NotifyClient } from 'notifications-node-client';
import { runPythonClient } from '../support/python-client.ts';
import { createTestApp } from '../support/test-app.ts';

const template = 'f33517ff-2a88-4f6e-b855-c550268ce08a';

async function listen() {
  // Their tokens carry the time of now.
  const { app, call, addService } = await createTestApp({ now: () => new Date() });
  const { id: serviceId, key: revokedKey, keyId } = await addService();
  const path = `/v1/services/${serviceId}`;
  const made = await call('POST', `${path}/api-keys`, { body: { name: 'developer', key_type: 'test' } });
  await call('DELETE', `${path}/api-keys/${keyId}`);
  const text = { source_number: '07700900456', destination_number: '07700900789', message: 'Hello £20' };
  await call('POST', `${path}/inbound`, { body: text });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, serviceId, key: made.json<{ key: string }>().key, revokedKey, close: () => app.close() };
}

let server: Awaited<ReturnType<typeof listen>>;
beforeEach(async () => {
  server = await listen();
});
afterEach(() => server.close());

const receivedText = () => ({
  user_number: '447700900456',
  notify_number: '07700900789',
  content: 'Hello £20',
  service_id: server.serviceId,
});
const noNumber = 'phone_number must be a phone number such as 07700900123';

test('the Python client sends, polls, lists, reads received texts, and reads our errors as its own', async () => {
  const seen = (await runPythonClient([server.url, server.key, server.revokedKey])) as {
    sms: { id: string };
    email: { id: string };
    letter: { id: string };
  };

  const [sms, email, letter] = [seen.sms.id, seen.email.id, seen.letter.id];
  expect(seen).toMatchObject({
    sms: {
      status: 'temporary-failure',
      phone_number: '07700900003',
      reference: 'python-sms',
      type: 'sms',
      template: { id: template, version: 1 },
    },
    email: { status: 'permanent-failure', email_address: 'perm-fail@simulator.notify', reference: null },
    letter: { status: 'received', line_1: 'A Person', line_3: 'BA1 1AA' },
    by_reference: [sms],
    texts: [receivedText()],
    bad_number: { status_code: 400, errors: [{ error: 'ValidationError', message: noNumber }] },
    unknown: { status_code: 404, errors: [{ error: 'NoResultFound', message: 'No result found' }] },
    revoked: { status_code: 403, errors: [{ error: 'AuthError' }] },
  });
  expect(seen).toHaveProperty('all', [letter, email, sms]);
  expect(seen).toHaveProperty('failed', [email, sms]);
}, 180_000);

test('the Node client sends, polls, lists, reads received texts, and reads our errors as its own', async () => {
  const client = new NotifyClient(server.url, server.key);
  const sent = await client.sendSms(template, '07700900002', {
    personalisation: { name: 'Zoë' },
    reference: 'node-sms',
  });
  const email = await client.sendEmail(template, 'person@example.com', {});

  expect(sent.status).toBe(201);
  expect(sent.data).toMatchObject({
    reference: 'node-sms',
    uri: `${server.url}/v2/notifications/${sent.data.id}`,
    template: { id: template, version: 1 },
    scheduled_for: null,
  });
  expect((await client.getNotificationById(sent.data.id)).data).toMatchObject({
    status: 'permanent-failure',
  });
  expect((await client.getNotificationById(email.data.id)).data).toMatchObject({ status: 'delivered' });
  const listed = (await client.getNotifications('sms', 'permanent-failure', 'node-sms')).data;
  expect(listed.notifications).toMatchObject([
    { id: sent.data.id, completed_at: expect.any(String) as string },
  ]);
  expect((await client.getReceivedTexts()).data.received_text_messages).toMatchObject([receivedText()]);

  await expect(client.sendSms(template, '12', {})).rejects.toMatchObject({
    response: {
      status: 400,
      data: { status_code: 400, errors: [{ error: 'ValidationError', message: noNumber }] },
    },
  });
  await expect(new NotifyClient(server.url, server.revokedKey).getNotifications()).rejects.toMatchObject({
    response: { status: 403, data: { errors: [{ error: 'AuthError' }] } },
  });
}, 60_000);
