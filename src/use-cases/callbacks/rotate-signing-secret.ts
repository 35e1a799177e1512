import type { CallbackEvent } from '../../domain/callbacks/callback.schema.ts';
import type { RotatedSigningSecret } from '../../domain/access/credential.schema.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import { signingSecretContext } from '../../domain/access/secret-contexts.ts';
import type { CallbackStore, SecretBox } from '../../ports/index.ts';
import { newSigningSecret } from './new-signing-secret.ts';

/** Makes a new signing secret and answers with it, the only time it is shown; the one before signs along for 24 hours. */
export async function rotateSigningSecret(
  { callbacks, secrets }: { callbacks: CallbackStore; secrets: SecretBox },
  serviceId: string,
  event: CallbackEvent,
): Promise<RotatedSigningSecret> {
  const secret = newSigningSecret();
  const sealed = secrets.seal(secret, signingSecretContext(serviceId, event));
  const result = await callbacks.rotateSigningSecret(serviceId, event, sealed);
  switch (result.kind) {
    case 'rotated':
      return { signing_secret: secret, previous_signs_until: result.previousSignsUntil };
    case 'absent':
      throw notFound('callback');
    case 'signingIsOff':
      throw new AppError('CONFLICT', 'This callback does not sign: turn signing on first.');
    case 'tooOften':
      throw new AppError(
        'CONFLICT',
        'Four replaced secrets still sign along: rotate again when one of their 24 hours is over.',
      );
  }
}
