import { createTestApp } from '../support/test-app.ts';

const eventId = '3d844edf-8d35-48ac-975b-e847b4f122b0';

const setUp = async () => {
  const app = await createTestApp();
  const service = await app.addService();
  const id = await app.addNotification(service.as);
  const post = (body: unknown) =>
    app.call('POST', `/v1/notifications/${id}/statuses`, { as: service.as, body });
  return { ...app, service, id, post };
};

describe('A status', () => {
  it('is accepted with 202 and the next sequence', async () => {
    const { id, post } = await setUp();
    const answers = [await post({ status: 'sending' }), await post({ status: 'delivered' })];
    expect(answers.map((answer) => [answer.statusCode, answer.json<unknown>()])).toEqual([
      [202, { notification_id: id, sequence: 1, duplicate: false }],
      [202, { notification_id: id, sequence: 2, duplicate: false }],
    ]);
  });

  it('is answered with 200 and its first sequence when its event id comes again', async () => {
    const { id, post } = await setUp();
    await post({ status: 'sending', event_id: eventId });
    await post({ status: 'delivered' });
    const again = await post({ status: 'sending', event_id: eventId.toUpperCase() });
    expect([again.statusCode, again.json()]).toEqual([
      200,
      { notification_id: id, sequence: 1, duplicate: true },
    ]);
  });

  it('is refused with its name when the profile does not know it', async () => {
    const { post } = await setUp();
    const answer = await post({ status: 'lost' });
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { errors: [{ path: 'status' }] }]);
  });

  it('is not found for a notification that does not exist', async () => {
    const { call } = await setUp();
    const answer = await call('POST', `/v1/notifications/${eventId}/statuses`, {
      body: { status: 'delivered' },
    });
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });

  it('is in the history with what became of it', async () => {
    const { call, service, id, post } = await setUp();
    await call('PUT', `/v1/services/${service.id}/callbacks/delivery_status`, {
      body: { url: 'https://example.com' },
    });
    await post({ status: 'sending', event_id: eventId });
    await post({ status: 'delivered' });
    const answer = await call('GET', `/v1/notifications/${id}/callbacks`, { as: service.as });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      {
        items: [
          { id: eventId, sequence: 1, state: 'skipped', workflow_id: null, workflow_url: null, attempts: [] },
          {
            sequence: 2,
            status: 'delivered',
            state: 'pending',
            workflow_id: `notification/${id}`,
            workflow_url: `http://temporal.test/notification/${id}`,
          },
        ],
      },
    ]);
  });
});
