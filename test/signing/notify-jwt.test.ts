import fc from 'fast-check';
import { decodeNotifyJwt, verifyNotifyJwt } from '../../src/signing/notify-jwt.ts';
import { fixture } from '../support/fixture.ts';
import { signJwt } from '../support/sign-jwt.ts';

type Vector = { token: string; api_key_string: string; claims: { iss: string; iat: number } };

const { govuk_jwt: vector } = JSON.parse(fixture('auth-vectors.json')) as { govuk_jwt: Vector };
const secret = vector.api_key_string.slice(-36);
const { iss, iat } = vector.claims;
const issuedAt = new Date(iat * 1000);

const verify = (token: string, { secrets = [secret], now = issuedAt } = {}) => {
  const decoded = decodeNotifyJwt(token);
  return decoded.kind === 'decoded' ? verifyNotifyJwt(decoded.jwt, secrets, now) : decoded;
};

describe('A Notify JWT', () => {
  it("is valid as GOV.UK Notify's client makes it, and names its issuer", () => {
    expect(decodeNotifyJwt(vector.token)).toMatchObject({ kind: 'decoded', jwt: { issuer: iss } });
    expect(verify(vector.token)).toEqual({ kind: 'valid', secretIndex: 0 });
  });

  it('is valid under any one of several secrets, and says under which', () => {
    expect(verify(vector.token, { secrets: ['other', secret] })).toEqual({ kind: 'valid', secretIndex: 1 });
  });

  it.each([
    [-30, 'valid'],
    [30, 'valid'],
    [-31, 'invalid'],
    [31, 'invalid'],
  ])('issued %d seconds before now is %s', (seconds, kind) => {
    expect(verify(vector.token, { now: new Date((iat + seconds) * 1000) }).kind).toBe(kind);
  });

  it.each([
    ['exp', 1, 'valid'],
    ['exp', 0, 'expired'],
    ['exp', -1, 'expired'],
    ['nbf', 30, 'valid'],
    ['nbf', 31, 'tooEarly'],
    ['nbf', -3600, 'valid'],
  ] as const)('with an `%s` %d seconds from now is %s', (claim, seconds, outcome) => {
    const token = signJwt({ claims: { iss, iat, [claim]: iat + seconds }, secret });
    const answer = verify(token);
    expect(answer.kind === 'valid' ? 'valid' : answer.reason).toBe(outcome);
  });

  it.each(['exp', 'nbf'])('is not told of its `%s` when it is not signed with a known secret', (claim) => {
    const token = signJwt({ claims: { iss, iat, [claim]: claim === 'exp' ? 0 : 2e9 }, secret });
    expect(verify(token, { secrets: ['other'] })).toEqual({ kind: 'invalid', reason: 'signature' });
  });

  it.each(['exp', 'nbf'])('is malformed with an `%s` that is no number', (claim) => {
    for (const value of ['soon', null, {}])
      expect(verify(signJwt({ claims: { iss, iat, [claim]: value }, secret }))).toEqual({
        ...{ kind: 'invalid', reason: 'malformed' },
      });
  });

  it('is not told of its clock when it is not signed with a known secret', () => {
    const answer = verify(vector.token, { secrets: ['other'], now: new Date(0) });
    expect(answer).toEqual({ kind: 'invalid', reason: 'signature' });
  });

  it.each([
    ['no algorithm', { alg: 'none' }],
    ['another hash', { alg: 'HS512' }],
    ['a lower-case name', { alg: 'hs256' }],
    ['no header field at all', {}],
    ['an extension that must be understood', { alg: 'HS256', crit: ['b64'], b64: false }],
  ])('is refused for its algorithm with %s', (_what, header) => {
    const token = signJwt({ claims: { iss, iat }, secret, header });
    expect(verify(token)).toEqual({ kind: 'invalid', reason: 'algorithm' });
  });

  it.each([
    ['no issuer', { iat }, 'issuer'],
    ['an issuer that is no text', { iss: 5, iat }, 'issuer'],
    ['no time', { iss }, 'malformed'],
    ['a time in words', { iss, iat: String(iat) }, 'malformed'],
    ['an array for claims', [iss, iat], 'malformed'],
  ])('is refused with %s', (_what, claims, reason) => {
    expect(verify(signJwt({ claims, secret }))).toEqual({ kind: 'invalid', reason });
  });

  it.each([
    ['nothing', ''],
    ['two parts', vector.token.split('.').slice(0, 2).join('.')],
    ['four parts', `${vector.token}.x`],
    ['an empty signature', vector.token.replace(/[^.]+$/, '')],
    ['padding', `${vector.token}=`],
    ['a space', `${vector.token} `],
    // The last character of 32 bytes carries two bits that mean nothing: another spelling of the same signature.
    ['stray bits in the last character', vector.token.replace(/o$/, 'p')],
  ])('is malformed with %s', (_what, token) => {
    expect(verify(token)).toEqual({ kind: 'invalid', reason: 'malformed' });
  });

  it('is refused when any one character of it is changed', () => {
    fc.assert(
      fc.property(
        fc.nat(vector.token.length - 1),
        fc.constantFrom('A', 'B', 'x', 'z', '0', '9', '-', '_', '.', '+', '/', '=', '!'),
        (place, replacement) => {
          fc.pre(vector.token[place] !== replacement);
          const tampered = vector.token.slice(0, place) + replacement + vector.token.slice(place + 1);
          expect(verify(tampered).kind).toBe('invalid');
        },
      ),
    );
  });
});
