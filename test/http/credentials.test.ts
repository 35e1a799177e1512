import { createTestApp } from '../support/test-app.ts';
import { fixture } from '../support/fixture.ts';

const url = 'https://example.com/callbacks';
const pem = (name: string): string => fixture(`client-certificates/${name}`);
const certificate = { certificate: pem('one.pem'), private_key: pem('one.key') };
const oauth2 = {
  type: 'oauth2_client_credentials',
  token_url: 'https://tokens.example/token',
  client_id: 'ringback',
  client_secret: 'SECRET-1',
  scope: 'a b',
};

const setUp = async () => {
  const app = await createTestApp();
  const service = await app.addService();
  const path = `/v1/services/${service.id}/callbacks/delivery_status`;
  return {
    ...app,
    service,
    path,
    put: (changes: object) => app.call('PUT', path, { body: { url, ...changes } }),
    rotate: (as?: string) => app.call('POST', `${path}/signing-secret/rotate`, as ? { as } : {}),
  };
};

describe('The credential of a callback', () => {
  it.each([
    [
      { type: 'basic', username: 'zoë', password: 'SECRET-1' },
      { type: 'basic', username: 'zoë' },
    ],
    [
      { type: 'api_key', header: 'X-Api-Key', value: 'SECRET-1' },
      { type: 'api_key', header: 'X-Api-Key' },
    ],
    [
      { type: 'api_key', header: 'Authorization', value: 'Key SECRET-1' },
      { type: 'api_key', header: 'Authorization' },
    ],
    [
      oauth2,
      {
        type: 'oauth2_client_credentials',
        token_url: 'https://tokens.example/token',
        client_id: 'ringback',
        scope: 'a b',
      },
    ],
  ])('%j is shown without its secret', async (auth, shown) => {
    const { put, call, path, ports, service } = await setUp();
    const answers = [await put({ auth }), await call('GET', path)];
    for (const answer of answers) {
      expect(answer.statusCode).toBeLessThan(300);
      expect(answer.json<{ auth: unknown }>().auth).toEqual(shown);
      expect(answer.body).not.toContain('SECRET-1');
    }
    // What is shown is stored in the clear, so it must be free of secrets before the answer leaves them out.
    const stored = ports.memory.callbacks.get(`${service.id}/delivery_status`);
    expect(JSON.stringify(stored?.auth?.shown)).not.toContain('SECRET-1');
  });

  it.each<[object, string]>([
    [{ type: 'basic', username: 'a:b', password: 'SECRET-1' }, 'auth.username'],
    [{ type: 'basic', username: 'a', password: 'SECRET-1\n' }, 'auth.password'],
    [{ type: 'api_key', header: 'X Key', value: 'SECRET-1' }, 'auth.header'],
    [{ type: 'api_key', header: 'X-Key', value: 'SECRET-1\r\nx: y' }, 'auth.value'],
    [{ type: 'api_key', header: 'X-Key', value: 'SECRET-1 ' }, 'auth.value'],
    ...['Host', 'content-length', 'CONNECTION', 'Transfer-Encoding', 'content-type', 'cookie'].map(
      (header): [object, string] => [{ type: 'api_key', header, value: 'SECRET-1' }, 'auth.header'],
    ),
    ...['Ringback-Event-Id', 'webhook-signature', 'Proxy-Authorization'].map((header): [object, string] => [
      { type: 'api_key', header, value: 'SECRET-1' },
      'auth.header',
    ]),
    [{ ...oauth2, token_url: 'http://tokens.example/' }, 'auth.token_url'],
    [{ ...oauth2, token_url: 'https://a:SECRET-1@tokens.example/' }, 'auth.token_url'],
    [{ ...oauth2, scope: 'two  spaces' }, 'auth.scope'],
  ])('%j is refused by the name of the field, without an echo of it', async (auth, path) => {
    const { put } = await setUp();
    const answer = await put({ auth });
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { errors: [{ path }] }]);
    expect(answer.body).not.toContain('SECRET-1');
  });
});

describe('A client certificate', () => {
  it('is shown without its key, stays over a replacement without one, and goes with null', async () => {
    const { put, call, path } = await setUp();
    await put({ client_certificate: certificate });
    await put({});
    const shown = await call('GET', path);
    expect(shown.json()).toMatchObject({
      client_certificate: {
        certificate: certificate.certificate,
        valid_until: '2120-01-01T00:00:00.000000Z',
      },
    });
    expect(shown.body).not.toContain('PRIVATE KEY');
    expect((await put({ client_certificate: null })).json()).toMatchObject({ client_certificate: null });
  });

  it('is refused with the key of another', async () => {
    const { put } = await setUp();
    const answer = await put({ client_certificate: { ...certificate, private_key: pem('two.key') } });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { errors: [{ path: 'client_certificate.private_key', message: 'is not the key of the certificate' }] },
    ]);
  });
});

describe('Signing', () => {
  const secret = /^whsec_[A-Za-z0-9+/]{43}=$/;

  it('shows its secret in the answer that first turns it on, and never again', async () => {
    const { put, call, path } = await setUp();
    const first = await put({ signing: { enabled: true } });
    const { signing_secret: made } = first.json<{ signing_secret: string }>();
    expect(made).toMatch(secret);
    expect(first.headers['cache-control']).toBe('no-store');
    const later = [await put({ signing: { enabled: true } }), await put({}), await call('GET', path)];
    for (const answer of later) {
      expect(answer.json()).toMatchObject({ signing: { enabled: true } });
      expect(answer.json()).not.toHaveProperty('signing_secret');
      expect(answer.body).not.toContain(made);
    }
  });

  it('is off unless it is turned on, and is turned off without a secret', async () => {
    const { put } = await setUp();
    for (const changes of [{}, { signing: { enabled: false } }]) {
      const answer = await put(changes);
      expect(answer.json()).toMatchObject({ signing: { enabled: false } });
      expect(answer.json()).not.toHaveProperty('signing_secret');
    }
  });

  it('is given a new secret by a rotation, which says until when the one before signs along', async () => {
    const { put, rotate, call, path } = await setUp();
    const first = (await put({ signing: { enabled: true } })).json<{ signing_secret: string }>();
    const rotated = await rotate();
    const { signing_secret: second } = rotated.json<{ signing_secret: string }>();
    expect([rotated.statusCode, rotated.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(second).toMatch(secret);
    expect(second).not.toBe(first.signing_secret);
    expect(rotated.json()).toHaveProperty('previous_signs_until');
    expect((await call('GET', path)).body).not.toContain(second);
  });

  it('is rotated by the operator only, and only where there is a secret', async () => {
    const { put, rotate, service } = await setUp();
    expect((await rotate()).statusCode).toBe(404);
    await put({});
    expect((await rotate()).statusCode).toBe(409);
    await put({ signing: { enabled: true } });
    expect((await rotate(service.as)).statusCode).toBe(403);
  });
});
