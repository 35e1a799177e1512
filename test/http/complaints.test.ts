import { createTestApp } from '../support/test-app.ts';

const complaintId = '1b2e7f0a-8a55-4c39-8f02-6d1c93e5a7b4';
const eventId = '3d844edf-8d35-48ac-975b-e847b4f122b0';

async function withEmail(notificationType = 'email') {
  const app = await createTestApp();
  const service = await app.addService();
  const to = notificationType === 'sms' ? '07700900123' : 'person@example.com';
  const id = await app.addNotification(service.as, { to, notification_type: notificationType });
  const path = `/v1/services/${service.id}/callbacks/complaint`;
  await app.call('PUT', path, { body: { url: 'https://example.com/complaints' } });
  const complain = (body: unknown) =>
    app.call('POST', `/v1/notifications/${id}/complaints`, { as: service.as, body });
  const show = async () =>
    (await app.call('GET', `/v1/notifications/${id}`)).json<{
      status: string;
      completed_at: string | null;
    }>();
  const history = async () =>
    (await app.call('GET', `/v1/notifications/${id}/callbacks`)).json<{ items: object[] }>().items;
  return { ...app, service, id, complain, show, history };
}

describe('A complaint', () => {
  it('is accepted in the sequence of its notification, whose status it leaves as it is', async () => {
    const { call, service, id, complain, show, history } = await withEmail();
    await call('POST', `/v1/notifications/${id}/statuses`, { as: service.as, body: { status: 'delivered' } });
    const before = await show();
    const answer = await complain({ complaint_id: complaintId });
    expect([answer.statusCode, answer.json()]).toEqual([
      202,
      { notification_id: id, sequence: 2, duplicate: false },
    ]);
    expect(await show()).toEqual(before);
    expect(await history()).toMatchObject([
      { event: 'delivery_status', sequence: 1, status: 'delivered' },
      { event: 'complaint', sequence: 2, status: 'complaint', state: 'pending' },
    ]);
  });

  it('needs nothing but the notification', async () => {
    const { complain } = await withEmail();
    expect((await complain({})).statusCode).toBe(202);
  });

  it('is answered with 200 and its first sequence when its event id comes again', async () => {
    const { complain } = await withEmail();
    await complain({ event_id: eventId });
    const again = await complain({ event_id: eventId });
    expect([again.statusCode, again.json()]).toMatchObject([200, { sequence: 1, duplicate: true }]);
  });

  it('is refused of what is no e-mail, and with a field that is not known or not right', async () => {
    const sms = await withEmail('sms');
    const refused = await sms.complain({});
    expect([refused.statusCode, refused.json()]).toMatchObject([
      400,
      { detail: 'Only e-mails can be complained of.' },
    ]);
    const { complain } = await withEmail();
    expect((await complain({ date: 'x' })).json()).toMatchObject({ errors: [{ path: 'date' }] });
    expect((await complain({ complaint_date: 'yesterday' })).statusCode).toBe(400);
  });

  it('is kept and marked where the service has no callback for it', async () => {
    const { call, service, complain, history } = await withEmail();
    await call('DELETE', `/v1/services/${service.id}/callbacks/complaint`);
    await complain({});
    expect(await history()).toMatchObject([
      { state: 'skipped', state_reason: 'The service has no callback for complaint.' },
    ]);
  });
});
