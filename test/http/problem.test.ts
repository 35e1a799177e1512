import { Writable } from 'node:stream';
import { pino } from 'pino';
import { AppError } from '../../src/domain/errors.ts';
import { Problem } from '../../src/domain/problem.schema.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { textWith } from '../support/matchers.ts';
import { createTestApp } from '../support/test-app.ts';

const createLog = (level: string) => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, logger: pino({ level }, stream) };
};

const breakingWith = (error: Error) => {
  const { services } = createFakePorts();
  return { services: { ...services, list: async () => Promise.reject(error) } };
};

describe('A problem document', () => {
  it('has every member of its schema, and the id of the request', async () => {
    const { call } = await createTestApp();
    const headers = { 'x-request-id': 'from-the-caller.1' };
    const answer = await call('POST', '/v1/services', {
      body: { name: 1, profile: 'govuk-notify' },
      headers,
    });
    expect(Problem.strict().parse(answer.json())).toEqual({
      type: 'urn:ringback:problem:invalid-input',
      title: 'The request is not valid',
      status: 400,
      code: 'INVALID_INPUT',
      detail: 'name: must be a string',
      request_id: 'from-the-caller.1',
      errors: [{ path: 'name', message: 'must be a string' }],
    });
    expect(answer.headers['x-request-id']).toBe('from-the-caller.1');
  });

  it.each(['', 'two words', 'x'.repeat(101), 'a"b'])(
    'has an id of ours when the caller gives %j',
    async (given) => {
      const { call } = await createTestApp();
      const answer = await call('GET', '/nothing', { headers: { 'x-request-id': given } });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.json()).toMatchObject({ request_id: answer.headers['x-request-id'] });
    },
  );

  it('says nothing of a fault of ours, which is logged without the values of any row', async () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (to)=(person@example.com)',
    });
    const { lines, logger } = createLog('info');
    const { call } = await createTestApp({ ...breakingWith(error), logger });

    const answer = await call('GET', '/v1/services');

    expect([answer.statusCode, answer.json()]).toMatchObject([500, { code: 'INTERNAL' }]);
    expect(answer.body).not.toContain('duplicate');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 50,
      error: { message: 'duplicate key', code: '23505', stack: textWith('problem.test') },
      route: '/v1/services',
      requestId: answer.headers['x-request-id'],
    });
    expect(lines[0]).not.toContain('person@example.com');
  });

  it('of what is unavailable says so in its own words', async () => {
    const error = new AppError('UNAVAILABLE', 'The database cannot be reached.');
    const { call } = await createTestApp(breakingWith(error));
    const answer = await call('GET', '/v1/services');
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { detail: error.message }]);
  });

  it('hides the words of an internal error even where they are ours', async () => {
    const { call } = await createTestApp(breakingWith(new AppError('INTERNAL', 'a private matter')));
    const answer = await call('GET', '/v1/services');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('private');
  });
});

describe('The log', () => {
  it('has no line for a request that went well, or was refused', async () => {
    const { lines, logger } = createLog('info');
    const { call, addService } = await createTestApp({ logger });
    const { as } = await addService();
    await call('POST', '/v1/services', { as, body: {} });
    await call('POST', '/v1/services', { body: '{' });
    await call('GET', '/nothing');
    expect(lines).toEqual([]);
  });

  it('has no body, recipient, token or path even at its most talkative', async () => {
    const { lines, logger } = createLog('trace');
    const { call, addService, addNotification } = await createTestApp({ logger });
    const { as, key } = await addService();
    const id = await addNotification(as);
    await call('POST', '/v1/notifications', {
      as,
      body: { id, to: 'someone@example.com', notification_type: 'fax' },
    });
    await call('POST', '/v1/notifications', { as, body: '{"to":"someone@example.com"' });
    await call('GET', `/v1/notifications/${key}`, { as });
    const text = lines.join('');
    expect(lines.length).toBeGreaterThan(0);
    for (const secret of ['@example.com', key, 'the-admin-token', 'Bearer'])
      expect(text).not.toContain(secret);
  });
});
