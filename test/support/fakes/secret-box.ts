import type { SecretBox } from '../../../src/ports/index.ts';

/** Hides nothing, but insists on the context as the real one does. */
export function createFakeSecretBox(): SecretBox {
  return {
    isNewest: () => true,
    seal: (plaintext, context) => Buffer.from(JSON.stringify({ plaintext, context }), 'utf8'),
    open: (sealed, context) => {
      const content = JSON.parse(Buffer.from(sealed).toString('utf8')) as {
        plaintext: string;
        context: string;
      };
      if (content.context !== context) throw new Error('the secret was sealed for something else');
      return content.plaintext;
    },
  };
}
