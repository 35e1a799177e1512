import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createSealedBox } from '../../src/crypto/sealed-box.ts';

const aKey = (id: string) => ({ id, key: randomBytes(32) });
const [one, two] = [aKey('2026-06'), aKey('2026-12')];
const secret = '{"type":"bearer","token":"0123456789"}';

test('opens what it sealed, whatever it says and wherever it belongs', () => {
  const box = createSealedBox([one]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, context) => {
      expect(box.open(box.seal(text, context), context)).toBe(text);
    }),
  );
});

test('refuses a sealed secret of which any one bit was changed', () => {
  const box = createSealedBox([one, two]);
  const sealed = box.seal(secret, 'here');
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const tampered = Uint8Array.from(sealed);
    tampered[bit >> 3] = (tampered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => box.open(tampered, 'here')).toThrow();
  }
});

test('refuses a sealed secret that was cut off or continued', () => {
  const box = createSealedBox([one]);
  const sealed = box.seal(secret, 'here');
  for (let length = 0; length < sealed.length; length += 1)
    expect(() => box.open(sealed.subarray(0, length), 'here')).toThrow();
  expect(() => box.open(Buffer.concat([sealed, Buffer.from([0])]), 'here')).toThrow();
});

test('refuses a sealed secret that was moved elsewhere', () => {
  const box = createSealedBox([one]);
  expect(() => box.open(box.seal(secret, 'callback:a'), 'callback:b')).toThrow();
});

test('seals under the newest key, and still opens what older ones sealed', () => {
  const old = createSealedBox([one]).seal(secret, 'here');
  const rotated = createSealedBox([two, one]);
  expect(rotated.open(old, 'here')).toBe(secret);
  expect(createSealedBox([two]).open(rotated.seal(secret, 'here'), 'here')).toBe(secret);
});

test('says which key is missing', () => {
  const sealed = createSealedBox([one]).seal(secret, 'here');
  expect(() => createSealedBox([two]).open(sealed, 'here')).toThrow(
    'a secret is sealed under the key 2026-06, which RINGBACK_SECRET_KEYS does not have',
  );
});

test('a key of the same id that is another does not open it', () => {
  const sealed = createSealedBox([one]).seal(secret, 'here');
  expect(() => createSealedBox([aKey(one.id)]).open(sealed, 'here')).toThrow();
});

test('never seals the same secret to the same bytes', () => {
  const box = createSealedBox([one]);
  expect(box.seal(secret, 'here')).not.toEqual(box.seal(secret, 'here'));
});
