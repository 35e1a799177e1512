import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { signWebhook } from '../../src/signing/standard-webhooks.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const message = { id, timestampSeconds: 1_614_265_330, body: utf8('{"test": 2432232314}') };

test('gives the signature of the example in the Standard Webhooks specification', () => {
  expect(signWebhook([secret], message)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('gives one signature for each secret, the newest first, with a space between', () => {
  expect(signWebhook([secret, other], message)).toBe(
    `${signWebhook([secret], message)} ${signWebhook([other], message)}`,
  );
});

test('takes a secret with and without its prefix as the same', () => {
  expect(signWebhook([secret.slice('whsec_'.length)], message)).toBe(signWebhook([secret], message));
});

test('signs the bytes of the body, UTF-8 or not', () => {
  const body = Uint8Array.from([0xff, 0xfe, 0x00, 0x80]);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key)
    .update(Buffer.concat([utf8(`${id}.1614265330.`), body]))
    .digest('base64');
  expect(signWebhook([secret], { ...message, body })).toBe(`v1,${expected}`);
});

test('another id, time, secret or any other body has another signature', () => {
  const signature = signWebhook([secret], message);
  expect(signWebhook([secret], { ...message, id: 'msg_other' })).not.toBe(signature);
  expect(signWebhook([secret], { ...message, timestampSeconds: 1_614_265_331 })).not.toBe(signature);
  expect(signWebhook([other], message)).not.toBe(signature);
  fc.assert(
    fc.property(fc.nat(message.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const body = Uint8Array.from(message.body);
      body[at] = (body[at] ?? 0) ^ change;
      expect(signWebhook([secret], { ...message, body })).not.toBe(signature);
    }),
  );
});

test('refuses an empty secret', () => {
  expect(() => signWebhook(['whsec_'], message)).toThrow('empty');
});
