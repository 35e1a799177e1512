import { createTestApp } from '../support/test-app.ts';
import { testNow } from '../support/fake-ports.ts';
import { signJwt } from '../support/sign-jwt.ts';

describe('A caller', () => {
  it.each([
    ['GET', '/v1/services'],
    ['POST', '/v1/services'],
    ['PATCH', '/v1/services/x'],
    ['POST', '/v1/services/x/api-keys'],
    ['DELETE', '/v1/services/x/api-keys/x'],
    ['PUT', '/v1/services/x/callbacks/x'],
    ['GET', '/v1/services/x/callbacks/x'],
    ['DELETE', '/v1/services/x/callbacks/x'],
    ['GET', '/v1/notifications'],
    ['POST', '/v1/notifications'],
    ['GET', '/v1/notifications/x'],
    ['POST', '/v1/notifications/x/statuses'],
    ['GET', '/v1/notifications/x/callbacks'],
  ] as const)(
    'without a credential is answered with 401 by %s %s, before anything else is looked at',
    async (method, url) => {
      const { call } = await createTestApp();
      const answer = await call(method, url, { as: null, body: '{not json' });
      expect([answer.statusCode, answer.json()]).toMatchObject([
        401,
        { code: 'UNAUTHENTICATED', status: 401 },
      ]);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    },
  );

  it.each([
    ['exp', -1, /has expired/],
    ['nbf', 60, /not valid yet/],
  ])(
    'is refused a JWT whose `%s` is %d seconds from now, under /v1 and /v2',
    async (claim, seconds, said) => {
      const { call, addService } = await createTestApp();
      const { id, key } = await addService();
      const iat = Math.floor(testNow.getTime() / 1000);
      const token = (at: number) =>
        `Bearer ${signJwt({ claims: { iss: id, iat, [claim]: iat + at }, secret: key.slice(-36) })}`;
      const [v1, v2] = [
        await call('GET', '/v1/notifications', { as: token(seconds) }),
        await call('GET', '/v2/notifications', { as: token(seconds) }),
      ];
      expect([v1.statusCode, v1.json()]).toEqual([
        401,
        expect.objectContaining({ code: 'UNAUTHENTICATED', detail: expect.stringMatching(said) as string }),
      ]);
      expect([v2.statusCode, v2.json()]).toEqual([
        403,
        {
          status_code: 403,
          errors: [
            {
              error: 'AuthError',
              message: expect.stringMatching(/system clock must be accurate to within 30 seconds/) as string,
            },
          ],
        },
      ]);
      expect((await call('GET', '/v2/notifications', { as: token(-seconds) })).statusCode).toBe(200);
    },
  );

  it('may use any of the three schemes', async () => {
    const { call, addService } = await createTestApp();
    const { id, key } = await addService();
    const iat = Math.floor(testNow.getTime() / 1000);
    const token = signJwt({ claims: { iss: id, iat }, secret: key.slice(-36) });
    for (const as of [`Bearer ${key}`, `ApiKey-v1 ${key}`, `apikey-V1 ${key}`, `Bearer ${token}`])
      expect((await call('GET', '/v1/notifications', { as })).statusCode).toBe(200);
  });
});
