import fc from 'fast-check';
import { formatApiKey, parseApiKey } from '../../src/signing/api-key.ts';
import { fixture } from '../support/fixture.ts';

type Vectors = { govuk_jwt: { api_key_string: string }; gc_api_key_v1: { authorization: string } };

const vectors = JSON.parse(fixture('auth-vectors.json')) as Vectors;
const serviceId = 'd6aa2c68-a2d9-4437-ab19-3ae8eb202553';
const secret = '3d844edf-8d35-48ac-975b-e847b4f122b0';

describe('An API key', () => {
  it('is taken apart as the Notify clients do: the last 36 characters are the secret', () => {
    expect(parseApiKey(vectors.govuk_jwt.api_key_string)).toEqual({ serviceId, secret });
  });

  it("is taken apart with GC Notify's prefix too", () => {
    const [, key = ''] = vectors.gc_api_key_v1.authorization.split(' ');
    expect(parseApiKey(key)).toEqual({ serviceId, secret });
  });

  it('is put together as the Notify clients expect it', () => {
    expect(formatApiKey('my_test_key', serviceId, secret)).toBe(vectors.govuk_jwt.api_key_string);
  });

  it('gives its parts back whatever its name is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{1,100}$/), fc.uuid(), fc.uuid(), (name, service, key) => {
        expect(parseApiKey(formatApiKey(name, service, key))).toEqual({ serviceId: service, secret: key });
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a name without ids', 'production'],
    ['ids without a name', `${serviceId}-${secret}`],
    ['an id cut short', `production-${serviceId}-${secret.slice(1)}`],
    ['something behind the secret', `production-${serviceId}-${secret} `],
  ])('is not seen in %s', (_what, text) => {
    expect(parseApiKey(text)).toBeNull();
  });
});
