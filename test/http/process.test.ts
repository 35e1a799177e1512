import { until } from '../support/until.ts';
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

  it.each(['/readyz', '/metrics'])('asks once for all that call %s at the same moment', async (url) => {
    let asked = 0;
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const ask = async <T>(value: T): Promise<T> => {
      asked += 1;
      await held;
      return value;
    };
    const { call } = await createTestApp({
      readiness: () => ask({ postgres: null }),
      renderMetrics: () => ask({ contentType: 'text/plain', text: 'x 1' }),
    });
    const answers = Array.from({ length: 20 }, () => call('GET', url, { as: null }));
    await until('it was asked', () => asked > 0);
    answer();
    expect((await Promise.all(answers)).every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect(asked).toBe(1);
    await until('it is asked again, for those who come later', async () => {
      await call('GET', url, { as: null });
      return asked === 2;
    });
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

  it('goes on after readiness could not be found out once', async () => {
    let asked = 0;
    const readiness = async () => {
      asked += 1;
      if (asked === 1) throw new Error('once');
      return { postgres: null };
    };
    const { call } = await createTestApp({ readiness });
    expect((await call('GET', '/readyz')).statusCode).toBe(500);
    expect((await call('GET', '/readyz')).statusCode).toBe(200);
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
