import { v7 as uuidv7 } from 'uuid';
import type {
  CallbackEvent,
  ConfigureCallback,
  ConfiguredCallback,
} from '../../domain/callbacks/callback.schema.ts';
import { defaultMaxInFlight } from '../../domain/callbacks/callback-settings.ts';
import { invalidField, invalidFields, notFound } from '../../domain/errors.ts';
import type { CallbackStore, SecretBox, ServiceStore, UrlPolicy } from '../../ports/index.ts';
import { profileNamed } from '../../profiles/index.ts';
import { callbackFaults } from './callback-faults.ts';
import { newSigningSecret } from './new-signing-secret.ts';
import { withDefaults } from './policy-defaults.ts';
import { sealAuth, sealClientCertificate, sealSigning } from './seal-credentials.ts';

/**
 * Creates or replaces the callback of a service and event. What is not given falls back to the profile's defaults,
 * except what proves us to the receiver: credential, certificate and signing stay as they are until others are given.
 * The answer carries the signing secret where this call made it.
 */
export async function configureCallback(
  ports: {
    services: ServiceStore;
    callbacks: CallbackStore;
    secrets: SecretBox;
    urlPolicy: UrlPolicy;
    now: () => Date;
  },
  serviceId: string,
  event: CallbackEvent,
  body: ConfigureCallback,
): Promise<{ callback: ConfiguredCallback; wasCreated: boolean }> {
  const service = await ports.services.find(serviceId);
  if (!service) throw notFound('service');
  const profile = profileNamed(service.profile);
  if (event === 'returned_letter' && !profile.returnedLetterBody)
    throw invalidField('event', `${profile.name} tells of no returned letters`);

  const faults = callbackFaults(body, profile, ports.urlPolicy, ports.now());
  if (faults.length > 0) throw invalidFields(faults);

  const owner = { serviceId, event };
  const signingSecret = newSigningSecret();
  const { callback, wasCreated, tookSecret } = await ports.callbacks.put(uuidv7(), serviceId, event, {
    url: body.url,
    auth: await sealAuth(ports, owner, body),
    clientCertificate: sealClientCertificate(ports.secrets, owner, body.client_certificate),
    signing: sealSigning(ports.secrets, owner, body.signing, signingSecret),
    policy: withDefaults(body.policy, profile.retryPolicy),
    filter: body.filter ?? {},
    notificationList: body.notification_list ?? [],
    warnAfterAttempts: body.warn_after_attempts ?? null,
    maxInFlight: body.max_in_flight ?? defaultMaxInFlight,
    ratePerSecond: body.rate_per_second ?? null,
  });
  return { callback: tookSecret ? { ...callback, signing_secret: signingSecret } : callback, wasCreated };
}
