import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SecretBox } from '../ports/index.ts';

/** A 32-byte key and the short name under which it is found again. */
export type SealingKey = { id: string; key: Uint8Array };

const version = 1;
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM under the first of `keys`; every key opens what it sealed, so a new key goes in front of the old ones.
 * Sealed form: version, length of the key id, key id, IV, tag, ciphertext. The context is authenticated, so a sealed
 * secret that is moved to another place does not open there.
 */
export function createSealedBox(keys: readonly [SealingKey, ...SealingKey[]]): SecretBox {
  const [newest] = keys;
  const byId = new Map(keys.map(({ id, key }) => [id, key]));

  return {
    isNewest: (sealed) => keyIdOf(sealed) === newest.id,

    seal(plaintext, context) {
      const iv = randomBytes(ivBytes);
      const keyId = Buffer.from(newest.id, 'utf8');
      const cipher = createCipheriv('aes-256-gcm', newest.key, iv);
      cipher.setAAD(Buffer.from(context, 'utf8'));
      const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return Buffer.concat([
        Buffer.from([version, keyId.length]),
        keyId,
        iv,
        cipher.getAuthTag(),
        ciphertext,
      ]);
    },

    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes[0] !== version) throw new Error('a sealed secret has an unknown form');
      const ivStart = 2 + (bytes[1] ?? 0);
      const tagStart = ivStart + ivBytes;
      const textStart = tagStart + tagBytes;
      const keyId = keyIdOf(sealed);
      const key = byId.get(keyId);
      if (!key)
        throw new Error(
          `a secret is sealed under the key ${keyId}, which RINGBACK_SECRET_KEYS does not have`,
        );
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(ivStart, tagStart), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(bytes.subarray(tagStart, textStart));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(textStart)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new Error(
          'a sealed secret does not open here: it was changed, moved from another row, or sealed under another key of ' +
            `the id ${keyId}`,
          { cause },
        );
      }
    },
  };
}

function keyIdOf(sealed: Uint8Array): string {
  return Buffer.from(sealed.subarray(2, 2 + (sealed[1] ?? 0))).toString('utf8');
}
