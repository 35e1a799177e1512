// What a caller may do how often, and what it costs to refuse the rest.
import type { HttpDeps } from '../../src/http/deps.ts';
import { createProviderApp } from '../support/provider-app.ts';
import { createTestApp } from '../support/test-app.ts';

const perSecond = 2;
const burst = 10;

/** An installation with small limits and a clock of the test's own, and what was asked of the database for keys. */
async function withLimits(trustProxy: string[] = [], logger: HttpDeps['logger'] = null) {
  let clock = 0;
  const loads: string[] = [];
  const limits = {
    ...{ requestsPerSecond: 1000, failuresPerSecond: perSecond, maxConnections: 100 },
    refusalsPerSecond: Infinity,
    nowMs: () => clock,
  };
  const t = await createTestApp({ limits, trustProxy, logger });
  const stored = { ...t.ports.apiKeys };
  t.ports.apiKeys.activeKeys = (serviceId) => {
    loads.push(serviceId);
    return stored.activeKeys(serviceId);
  };
  const service = await t.addService();
  const from = (remoteAddress: string, authorization: string | undefined, url = '/v1/notifications') =>
    t.app.inject({
      ...{ method: 'GET', url, remoteAddress },
      headers: { ...(authorization !== undefined && { authorization }) },
    });
  const failMany = async (remoteAddress: string, times: number, authorization = `${service.as}0`) => {
    const answers = await Promise.all(
      Array.from({ length: times }, () => from(remoteAddress, authorization)),
    );
    return answers.map(({ statusCode }) => statusCode);
  };
  return { ...t, service, loads, from, failMany, wait: (ms: number) => void (clock += ms) };
}
const count = (statuses: number[], status: number) => statuses.filter((one) => one === status).length;

describe('An API key', () => {
  it('makes as many requests a second as its service may, and is then told when to come back', async () => {
    const { call, service, wait } = await withLimits();
    await call('PATCH', `/v1/services/${service.id}`, { body: { rate_limit_per_second: 3 } });
    const as = service.as;
    const statuses = [];
    for (let index = 0; index < 4; index += 1)
      statuses.push((await call('GET', '/v1/notifications', { as })).statusCode);
    expect(statuses).toEqual([200, 200, 200, 429]);

    const [v1, v2] = [
      await call('GET', '/v1/notifications', { as }),
      await call('GET', '/v2/notifications', { as }),
    ];
    expect([v1.headers['retry-after'], v1.headers['content-type'], v1.json()]).toEqual([
      '1',
      'application/problem+json; charset=utf-8',
      expect.objectContaining({
        ...{ status: 429, code: 'RATE_LIMITED' },
        detail:
          'This API key may make 3 requests a second, and has made them. Repeat the request after 1 second.',
      }),
    ]);
    expect([v2.statusCode, v2.headers['retry-after'], v2.json()]).toEqual([
      429,
      '1',
      {
        status_code: 429,
        errors: [
          { error: 'RateLimitError', message: expect.stringMatching(/3 requests a second/) as string },
        ],
      },
    ]);
    wait(1000);
    expect((await call('GET', '/v1/notifications', { as })).statusCode).toBe(200);
  });

  it('uses up nothing of another key of its service', async () => {
    const { call, service } = await withLimits();
    await call('PATCH', `/v1/services/${service.id}`, { body: { rate_limit_per_second: 1 } });
    const other = await call('POST', `/v1/services/${service.id}/api-keys`, {
      body: { name: 'other', key_type: 'live' },
    });
    for (let index = 0; index < 3; index += 1) await call('GET', '/v1/notifications', { as: service.as });
    const as = `Bearer ${other.json<{ key: string }>().key}`;
    expect((await call('GET', '/v1/notifications', { as })).statusCode).toBe(200);
  });

  it('has the limit of the installation where its service has none, and again when that is taken away', async () => {
    const { call, service } = await withLimits();
    for (const limit of [1, null])
      await call('PATCH', `/v1/services/${service.id}`, { body: { rate_limit_per_second: limit } });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => call('GET', '/v1/notifications', { as: service.as })),
    );
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
  });

  it.each([0, -1, 1.5, '5', 100_001])('cannot be given a limit of %j', async (limit) => {
    const { call, service } = await withLimits();
    const answer = await call('PATCH', `/v1/services/${service.id}`, {
      body: { rate_limit_per_second: limit },
    });
    expect(answer.statusCode).toBe(400);
  });
});

describe('An address that shows wrong credentials', () => {
  it('is answered in full a few times a second, then told to come back later', async () => {
    const { failMany, from, service, wait } = await withLimits();
    const statuses = await failMany('192.0.2.1', 50);
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([burst, 40]);
    const [v1, v2] = [
      await from('192.0.2.1', undefined),
      await from('192.0.2.1', 'Bearer x.y.z', '/v2/notifications'),
    ];
    expect([v1.statusCode, v1.headers['retry-after'], v1.json()]).toMatchObject([
      429,
      '1',
      { code: 'RATE_LIMITED' },
    ]);
    expect(v2.json()).toMatchObject({ status_code: 429, errors: [{ error: 'RateLimitError' }] });
    wait(1000);
    expect(count(await failMany('192.0.2.1', 50, `${service.as}1`), 401)).toBe(perSecond);
  });

  it('does not lock out a good key, nor the operator, nor an official client behind the same address', async () => {
    const { failMany, from, service } = await withLimits();
    await failMany('192.0.2.1', 50);
    for (const authorization of [service.as, 'Bearer the-admin-token-of-the-tests'])
      expect((await from('192.0.2.1', authorization)).statusCode).toBe(200);
  });

  it('does not spend what another address has; of IPv6 one /64 is one address', async () => {
    const { failMany } = await withLimits();
    await failMany('192.0.2.1', 50);
    await failMany('2001:db8:0:1::1', 50);
    expect(count(await failMany('192.0.2.2', 5), 401)).toBe(5);
    expect(count(await failMany('::ffff:192.0.2.1', 5), 401)).toBe(0);
    expect(count(await failMany('2001:db8:0:1:ffff::2', 5), 401)).toBe(0);
    expect(count(await failMany('2001:db8:0:2::1', 5), 401)).toBe(5);
  });

  it('is believed to be somebody else’s only where a trusted proxy says so', async () => {
    for (const [trusted, expected] of [
      [[], 429],
      [['192.0.2.1/32'], 401],
    ] as const) {
      const { app, failMany } = await withLimits([...trusted]);
      await failMany('192.0.2.1', 50);
      const answer = await app.inject({
        ...{ method: 'GET', url: '/v1/notifications', remoteAddress: '192.0.2.1' },
        headers: { 'x-forwarded-for': '198.51.100.7' },
      });
      expect(answer.statusCode).toBe(expected);
    }
  });

  it('is logged once a minute, however many requests it sends, and not by what they hold', async () => {
    const lines: unknown[][] = [];
    const ignore = (): void => undefined;
    const logger = {
      ...{ level: 'debug', fatal: ignore, error: ignore, info: ignore, debug: ignore, trace: ignore },
      ...{ silent: ignore, warn: (...line: unknown[]) => void lines.push(line) },
      child: () => logger,
    };
    const { failMany, wait } = await withLimits([], logger);
    await failMany('192.0.2.1', 200);
    expect(lines).toEqual([[{ refused: 1, address: '192.0.2.1' }, expect.any(String)]]);
    wait(60_000);
    await failMany('192.0.2.1', 200);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toEqual([{ refused: 190, address: '192.0.2.1' }, expect.any(String)]);
  });

  it('asks nothing more of the database for a service whose keys are known', async () => {
    const { failMany, from, service, loads } = await withLimits();
    await from('192.0.2.9', service.as);
    await failMany('192.0.2.1', burst);
    loads.length = 0;
    await failMany('192.0.2.1', 200, `Bearer production-${service.id}-9f1d3c52-6c1e-4b7a-9d44-0c5a7e2b1f10`);
    expect(loads).toEqual([]);
  });
});

test('health and metrics answer whatever was refused', async () => {
  const { failMany, from } = await withLimits();
  await failMany('192.0.2.1', 100);
  for (const url of ['/healthz', '/readyz', '/metrics'])
    expect((await from('192.0.2.1', undefined, url)).statusCode).toBe(200);
});

describe('A provider’s address', () => {
  async function withProvider() {
    let clock = 0;
    const limits = {
      ...{ requestsPerSecond: 1000, failuresPerSecond: perSecond, maxConnections: 100 },
      refusalsPerSecond: Infinity,
      nowMs: () => clock,
    };
    const t = await createProviderApp({ limits });
    const serviceId = await t.aService('govuk-notify', 'mmg');
    const id = await t.aMessage(serviceId, 'govuk-notify', { provider_reference: 'ref-1' });
    const body = Buffer.from(
      JSON.stringify({ CID: id, status: '3', substatus: '5', deliverytime: '2026-06-15 12:30:05' }),
    );
    const good = await t.shown('mmg', body);
    const wrong = { authorization: 'Basic bm90aWZ5Ondyb25n' };
    const send = (headers: Record<string, string>) =>
      t.send('mmg', { body, headers: { 'content-type': 'application/json', ...headers } });
    const sendMany = async (headers: Record<string, string>, times: number) => {
      const statuses = [];
      for (let index = 0; index < times; index += 1) statuses.push((await send(headers)).statusCode);
      return statuses;
    };
    return { ...t, send, sendMany, good, wrong, wait: (ms: number) => void (clock += ms) };
  }

  it('has few of its requests checked once too many were refused', async () => {
    const { sendMany, send, wrong, wait } = await withProvider();
    const statuses = await sendMany(wrong, 50);
    expect(count(statuses, 429)).toBe(50 - burst - perSecond);
    const answer = await send(wrong);
    expect([answer.headers['retry-after'], answer.json()]).toMatchObject(['1', { code: 'RATE_LIMITED' }]);
    wait(10_000);
    expect(count(await sendMany(wrong, 5), 429)).toBe(0);
  });

  it('is heard at once with a credential that was good before', async () => {
    const { sendMany, send, good, wrong } = await withProvider();
    expect((await send(good)).statusCode).toBe(200);
    await sendMany(wrong, 50);
    expect(await sendMany(good, 20)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(count(await sendMany(wrong, 5), 429)).toBe(5);
  });

  it('without one is heard again as soon as it may be checked', async () => {
    const { sendMany, send, good, wrong, wait } = await withProvider();
    await sendMany(wrong, 50);
    expect((await send(good)).statusCode).toBe(429);
    wait(1000);
    expect((await send(good)).statusCode).toBe(200);
  });
});
