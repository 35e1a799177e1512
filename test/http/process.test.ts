import { createTestApp } from '../support/test-app.ts';

describe('The process', () => {
  it.each(['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs', '/docs/static/swagger-ui-bundle.js'])(
    'answers %s without a credential',
    async (url) => {
      const { call } = await createTestApp();
      expect((await call('GET', url, { as: null })).statusCode).toBe(200);
    },
  );

  it('is ready when nothing is missing', async () => {
    const { call } = await createTestApp();
    expect((await call('GET', '/readyz')).json()).toEqual({ status: 'ready', missing: [], reasons: {} });
  });

  it('answers 503 and names what is missing', async () => {
    const readiness = async () => ({ postgres: null, temporal: 'cannot be reached' });
    const { call } = await createTestApp({ readiness });
    const answer = await call('GET', '/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { status: 'not_ready', missing: ['temporal'], reasons: { temporal: 'cannot be reached' } },
    ]);
  });

  it('shows the metrics as they were rendered', async () => {
    const { call } = await createTestApp();
    const answer = await call('GET', '/metrics');
    expect([answer.headers['content-type'], answer.body]).toEqual([
      'text/plain; version=0.0.4',
      'ringback_accepted_total 1\n',
    ]);
  });

  it('lets the page of the API load its own scripts, and nobody else frame it', async () => {
    const { call } = await createTestApp();
    const policy = (await call('GET', '/docs')).headers['content-security-policy'];
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).not.toContain('upgrade-insecure-requests');
  });
});
