import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { decodeSignedId, isSignedUnder, signedIdKey } from '../../src/signing/signed-id.ts';
import { isSignedBySns, isSnsUrl, type SnsEnvelope } from '../../src/signing/sns-signature.ts';
import { isSignedByTwilio } from '../../src/signing/twilio-signature.ts';
import { fixtureBytes, providerFixtures } from '../support/provider-fixtures.ts';

const certificate = readFileSync(
  new URL('../fixtures/providers/sns-test-signing-cert.pem', import.meta.url),
  'utf8',
);

describe('Twilio’s signature', () => {
  const signed = providerFixtures.filter(({ signature }) => signature?.auth_token !== undefined);
  const webhookOf = (fixture: (typeof signed)[number]) => {
    const body = fixtureBytes(fixture);
    const isForm = fixture.file.endsWith('.txt');
    return {
      token: fixture.signature?.auth_token ?? '',
      signature: fixture.headers?.['X-Twilio-Signature'] ?? '',
      webhook: {
        url: fixture.signature?.url ?? '',
        form: isForm ? [...new URLSearchParams(body.toString('utf8'))] : [],
        body,
      },
    };
  };

  it.each(signed.map((fixture) => [fixture.file, fixture] as const))(
    'is found right on %s',
    (_file, fixture) => {
      const { token, signature, webhook } = webhookOf(fixture);
      expect(isSignedByTwilio(token, signature, webhook)).toBe(true);
      expect(isSignedByTwilio(`${token}0`, signature, webhook)).toBe(false);
      const withPort = webhook.url.replace('example.org/', 'example.org:443/');
      if (fixture.file.endsWith('.txt'))
        expect(isSignedByTwilio(token, signature, { ...webhook, url: withPort })).toBe(true);
    },
  );

  it('reads each field of a form a few times, however many there are', () => {
    let reads = 0;
    const form = Array.from(
      { length: 3000 },
      (_own, place) =>
        new Proxy<[string, string]>([`a${place}`, ''], {
          get: (pair, name, receiver): unknown => {
            reads += 1;
            return Reflect.get(pair, name, receiver);
          },
        }),
    );
    isSignedByTwilio('the-token', 'no signature', {
      url: 'https://a.example/',
      form,
      body: Buffer.from('a'),
    });
    expect(reads).toBeGreaterThan(form.length);
    expect(reads).toBeLessThan(form.length * 30);
  });

  it('is found wrong once any byte of the body, the URL or the signature is another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...signed),
        fc.constantFrom('body', 'url', 'signature'),
        fc.nat(),
        (fixture, what, at) => {
          const { token, signature, webhook } = webhookOf(fixture);
          const changed = (text: string): string => {
            const place = at % text.length;
            const other = text[place] === 'A' ? 'B' : 'A';
            return text.slice(0, place) + other + text.slice(place + 1);
          };
          const body =
            what === 'body'
              ? Buffer.from(changed(Buffer.from(webhook.body).toString('latin1')), 'latin1')
              : webhook.body;
          const form =
            webhook.form.length > 0 ? [...new URLSearchParams(Buffer.from(body).toString('utf8'))] : [];
          const url = what === 'url' ? changed(webhook.url) : webhook.url;
          const isSame =
            what === 'body' &&
            webhook.form.length > 0 &&
            JSON.stringify(form) === JSON.stringify(webhook.form);
          const isRight = isSignedByTwilio(token, what === 'signature' ? changed(signature) : signature, {
            url,
            form,
            body,
          });
          return isRight === isSame;
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('SNS’s signature', () => {
  const signed = [
    'sns-signed-v1-ses-delivery.json',
    'sns-signed-v2-ses-delivery.json',
    'sns-signed-v1-subscription-confirmation.json',
  ];
  const envelopeOf = (file: string) => JSON.parse(fixtureBytes({ file }).toString('utf8')) as SnsEnvelope;

  it.each(signed)('is found right on %s, and wrong once a signed field is another', (file) => {
    const envelope = envelopeOf(file);
    expect(isSignedBySns(envelope, certificate)).toBe(true);
    for (const name of ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Signature', 'SignatureVersion'])
      expect(isSignedBySns({ ...envelope, [name]: `x${envelope[name] ?? ''}` }, certificate)).toBe(false);
    expect(isSignedBySns(envelope, 'no certificate')).toBe(false);
  });

  it('is looked for only with SNS itself', () => {
    const pem = /\.pem$/;
    expect(isSnsUrl('https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem', pem)).toBe(true);
    expect(isSnsUrl('https://sns.cn-north-1.amazonaws.com.cn/x.pem', pem)).toBe(true);
    for (const url of [
      'http://sns.eu-west-1.amazonaws.com/x.pem',
      'https://sns.eu-west-1.amazonaws.com.evil.example/x.pem',
      'https://evil.example/sns.eu-west-1.amazonaws.com/x.pem',
      'https://sns.eu-west-1.amazonaws.com@evil.example/x.pem',
      'https://user@sns.eu-west-1.amazonaws.com/x.pem',
      'https://sns.eu-west-1.amazonaws.com:8443/x.pem',
      'https://sns.eu-west-1.amazonaws.com/x.txt',
      'https://s3.eu-west-1.amazonaws.com/x.pem',
      'x.pem',
    ])
      expect(isSnsUrl(url, pem)).toBe(false);
  });
});

describe('DVLA’s token', () => {
  const fixture = providerFixtures.find(({ token }) => token !== undefined);
  const token = new URLSearchParams(fixture?.query).get('token') ?? '';
  const openSignedId = (text: string, of: Parameters<typeof signedIdKey>[0]): string | null => {
    const signed = decodeSignedId(text);
    return signed && isSignedUnder(signedIdKey(of), signed) ? signed.id : null;
  };
  const keys = { secretKey: fixture?.token?.secret_key ?? '', salt: fixture?.token?.salt ?? '' };

  it('gives the letter’s id, and nothing once it was changed or signed otherwise', () => {
    expect(openSignedId(token, keys)).toBe(fixture?.token?.decodes_to);
    expect(openSignedId(token, { ...keys, salt: 'another' })).toBeNull();
    expect(openSignedId(token, { ...keys, secretKey: 'another' })).toBeNull();
    for (let place = 0; place < token.length; place += 1)
      expect(openSignedId(`${token.slice(0, place)}_${token.slice(place + 1)}`, keys)).toBeNull();
  });
});
