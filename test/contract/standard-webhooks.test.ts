// Our signatures, judged by the library that receivers use.
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { signWebhook } from '../../src/signing/standard-webhooks.ts';
import { newSigningSecret } from '../../src/use-cases/callbacks/new-signing-secret.ts';

const headersOf = (secrets: string[], body: string, id = 'event-1') => {
  const timestampSeconds = Math.floor(Date.now() / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signWebhook(secrets, { id, timestampSeconds, body: Buffer.from(body, 'utf8') }),
  };
};

test('the standardwebhooks library takes every message that we sign, with every secret that we make', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'grapheme' }), fc.uuid(), (body, id) => {
      const secret = newSigningSecret();
      expect(new Webhook(secret).verify(body, headersOf([secret], body, id))).toEqual(JSON.parse(body));
    }),
  );
});

test('during a rotation it takes the message with the new secret and with the old one', () => {
  const secrets = [newSigningSecret(), newSigningSecret()];
  const headers = headersOf(secrets, '{"id":1}');
  for (const secret of secrets) expect(new Webhook(secret).verify('{"id":1}', headers)).toEqual({ id: 1 });
});

test('it refuses a message that was changed on its way, and one that another secret signed', () => {
  const secret = newSigningSecret();
  const headers = headersOf([secret], '{"status":"delivered"}');
  const webhook = new Webhook(secret);
  expect(() => webhook.verify('{"status":"delivereD"}', headers)).toThrow('No matching signature');
  expect(() => webhook.verify('{"status":"delivered"}', { ...headers, 'webhook-id': 'event-2' })).toThrow(
    'No matching signature',
  );
  expect(() => new Webhook(newSigningSecret()).verify('{"status":"delivered"}', headers)).toThrow(
    'No matching signature',
  );
});

test('our signature is the one that the library itself would give', () => {
  const secret = newSigningSecret();
  const at = new Date('2026-06-15T11:30:00.999Z');
  const signed = { id: 'event-1', timestampSeconds: 1_781_523_000, body: Buffer.from('{"name":"Zoë 😀"}') };
  expect(signWebhook([secret], signed)).toBe(new Webhook(secret).sign('event-1', at, '{"name":"Zoë 😀"}'));
});
