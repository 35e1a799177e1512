import { createTestApp } from '../support/test-app.ts';

const ids = ['019f0000-0000-7000-8000-000000000002', '019f0000-0000-7000-8000-000000000001'];

const setUp = async () => {
  const t = await createTestApp();
  t.ports.setAsideRequests.all.push(
    ...ids.map((id) => ({
      id,
      workflow_id: `disable/${id}`,
      workflow_type: 'disableCommunication',
      service_id: null,
      communication_id: null,
      tries: 8,
      error: 'invalid argument',
      created_at: '2026-06-15T11:30:00.123456Z',
      set_aside_at: '2026-06-15T11:34:00.123456Z',
    })),
  );
  return t;
};

describe('Workflow requests that were set aside', () => {
  it('are listed for the operator, page by page', async () => {
    const { call } = await setUp();
    const first = await call('GET', '/v1/workflow-requests?state=set_aside&limit=1');
    expect([first.statusCode, first.json()]).toMatchObject([
      200,
      { items: [{ id: ids[0], tries: 8, error: 'invalid argument' }], next_cursor: ids[0] },
    ]);
    const second = await call('GET', `/v1/workflow-requests?limit=1&cursor=${ids[0] ?? ''}`);
    expect(second.json()).toMatchObject({ items: [{ id: ids[1] }], next_cursor: null });
    expect((await call('GET', '/v1/workflow-requests?state=open')).statusCode).toBe(400);
  });

  it('are retried one by one, each once', async () => {
    const { call } = await setUp();
    const url = `/v1/workflow-requests/${ids[0] ?? ''}/retry`;
    const retried = await call('POST', url);
    expect([retried.statusCode, retried.json()]).toMatchObject([202, { id: ids[0] }]);
    const again = await call('POST', url);
    expect([again.statusCode, again.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });

  it('are none of a service’s business', async () => {
    const { call, addService } = await setUp();
    const { as } = await addService();
    expect((await call('GET', '/v1/workflow-requests', { as })).statusCode).toBe(403);
    const url = `/v1/workflow-requests/${ids[0] ?? ''}/retry`;
    expect((await call('POST', url, { as })).statusCode).toBe(403);
    expect((await call('POST', url, { as: null })).statusCode).toBe(401);
  });
});
