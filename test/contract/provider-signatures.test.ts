// Our signatures against the packages by which others make and check them.
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { isSignedBySns, type SnsEnvelope } from '../../src/signing/sns-signature.ts';
import { isSignedByTwilio } from '../../src/signing/twilio-signature.ts';
import { fixture } from '../support/fixture.ts';

const require = createRequire(import.meta.url);
const { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } =
  require('twilio/lib/webhooks/webhooks.js') as {
    getExpectedTwilioSignature: (token: string, url: string, params: object) => string;
    validateRequest: (token: string, signature: string, url: string, params: object) => boolean;
    validateRequestWithBody: (token: string, signature: string, url: string, body: string) => boolean;
  };
const MessageValidator = require('sns-validator') as new () => {
  validate(envelope: object, done: (error: Error | null) => void): void;
};

describe('Twilio’s own package', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
  const url = fc
    .tuple(fc.constantFrom('', ':443', ':8443'), fc.webPath(), fc.constantFrom('', '?a=1&b=%20x'))
    .map(([port, path, query]) => `https://callbacks.example.org${port}${path}${query}`);

  it('signs forms, repeated fields among them, as we check them', () => {
    const form = fc.dictionary(word, fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })), {
      maxKeys: 6,
      minKeys: 1,
    });
    fc.assert(
      fc.property(url, form, fc.boolean(), (to, params, isTampered) => {
        const signature = getExpectedTwilioSignature('the-token', to, params);
        const pairs = Object.entries(params).flatMap(([name, value]) =>
          [value].flat().map((own): [string, string] => [name, own]),
        );
        const body = Buffer.from(new URLSearchParams(pairs).toString());
        const sent = isTampered ? [...pairs, ['Extra', '1'] as [string, string]] : pairs;
        return isSignedByTwilio('the-token', signature, { url: to, form: sent, body }) === !isTampered;
      }),
      { numRuns: 300 },
    );
  });

  it('signs a query that was taken apart and put together again, and we find it right', () => {
    const signature = getExpectedTwilioSignature('the-token', 'https://a.example/x?a=b%20c&d=%C3%A9', {
      MessageSid: 'SM1',
    });
    const webhook = { form: [['MessageSid', 'SM1']] as const, body: Buffer.from('MessageSid=SM1') };
    for (const url of ['https://a.example/x?a=b+c&d=é', 'https://a.example:443/x?a=b%20c&d=%c3%a9'])
      expect(isSignedByTwilio('the-token', signature, { ...webhook, url })).toBe(true);
    expect(isSignedByTwilio('the-token', signature, { ...webhook, url: 'https://a.example/x?a=b+c' })).toBe(
      false,
    );
  });

  it('finds right and wrong what we find right and wrong', () => {
    const body = fixture('providers/twilio-json-bodysha256.json');
    const to =
      'https://callbacks.example.org/twilio/json?bodySHA256=d52e18f8fba1cebe4db857a8f1d4b940255c2fdf97ba6bd4bdb12c83efd6b515';
    const token = '0123456789abcdef0123456789abcdef';
    for (const [signature, given] of [
      ['rBOdOixS5/E4O5xn7YDEkZf8EzQ=', body],
      ['rBOdOixS5/E4O5xn7YDEkZf8EzQ=', `${body} `],
      ['sBOdOixS5/E4O5xn7YDEkZf8EzQ=', body],
    ] as const)
      expect(isSignedByTwilio(token, signature, { url: to, form: [], body: Buffer.from(given) })).toBe(
        validateRequestWithBody(token, signature, to, given),
      );
    expect(validateRequest(token, 'x', to, {})).toBe(false);
  });
});

describe('The package sns-validator', () => {
  it('signs over the same fields of an envelope, in both versions', async () => {
    const certificate = fixture('providers/sns-test-signing-cert.pem');
    const good = JSON.parse(fixture('providers/sns-signed-v1-ses-delivery.json')) as Record<string, string>;
    // It fetches certificates from Amazon only, so it is asked about what it refuses before that.
    const objection = (envelope: object): Promise<string | undefined> =>
      new Promise((resolve) => new MessageValidator().validate(envelope, (error) => resolve(error?.message)));
    for (const changed of [
      { ...good, SigningCertURL: 'https://evil.example/x.pem' },
      { ...good, SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/x.pem' },
      { ...good, SignatureVersion: '3' },
    ]) {
      expect(await objection(changed)).toBeDefined();
    }
    expect(isSignedBySns({ ...good, SignatureVersion: '3' }, certificate)).toBe(false);

    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const text = Object.keys({ Message: '', MessageId: '', Timestamp: '', TopicArn: '', Type: '' })
      .map((name) => `${name}\n${good[name] ?? ''}\n`)
      .join('');
    const forged = {
      ...good,
      Signature: createSign('RSA-SHA1').update(text).sign(privateKey, 'base64'),
    } as SnsEnvelope;
    expect(isSignedBySns(forged, certificate)).toBe(false);
  });
});
