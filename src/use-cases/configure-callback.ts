import { v7 as uuidv7 } from 'uuid';
import type { Callback, CallbackAuth, CallbackEvent, ConfigureCallback } from '../domain/callback.schema.ts';
import { AppError, notFound, type FieldError } from '../domain/errors.ts';
import type { RetryPolicy } from '../domain/retry-policy.ts';
import { callbackAuthContext } from '../domain/secret-contexts.ts';
import type { CallbackSettings, CallbackStore, SecretBox, ServiceStore, UrlPolicy } from '../ports.ts';
import { profileNamed, type Profile } from '../profiles/index.ts';
import { callbackUrlObjection } from './callback-url.ts';

/**
 * Creates or replaces the callback of a service and event. What is not given falls back to the profile's defaults,
 * except the credential: that stays as it is stored until another, or `auth: {type: none}`, is given.
 */
export async function configureCallback(
  ports: { services: ServiceStore; callbacks: CallbackStore; secrets: SecretBox; urlPolicy: UrlPolicy },
  serviceId: string,
  event: CallbackEvent,
  body: ConfigureCallback,
): Promise<{ callback: Callback; wasCreated: boolean }> {
  const service = await ports.services.find(serviceId);
  if (!service) throw notFound('service');
  const profile = profileNamed(service.profile);

  const faults = findFaults(body, profile, ports.urlPolicy);
  if (faults.length > 0)
    throw new AppError('INVALID_INPUT', faults.map(({ path, message }) => `${path}: ${message}`).join('; '), {
      fields: faults,
    });

  const seal = (auth: CallbackAuth): CallbackSettings['auth'] => ({
    type: auth.type,
    sealed: ports.secrets.seal(JSON.stringify(auth), callbackAuthContext(serviceId, event)),
  });
  const auth = givenAuth(body);
  return ports.callbacks.put(uuidv7(), serviceId, event, {
    url: body.url,
    auth: auth && seal(auth),
    policy: withDefaults(body.policy, profile.retryPolicy),
    filter: body.filter ?? {},
    notificationList: body.notification_list ?? [],
  });
}

function findFaults(body: ConfigureCallback, profile: Profile, urlPolicy: UrlPolicy): FieldError[] {
  const objection = callbackUrlObjection(body.url, urlPolicy);
  const urlFaults = objection === null ? [] : [{ path: 'url', message: objection }];
  const statusFaults = (body.filter?.statuses ?? []).flatMap((status, index) =>
    profile.statuses.includes(status)
      ? []
      : [
          {
            path: `filter.statuses.${index}`,
            message: `is not a status of ${profile.name}, which has: ${profile.statuses.join(', ')}`,
          },
        ],
  );
  return [...urlFaults, ...statusFaults];
}

function givenAuth(body: ConfigureCallback): CallbackAuth | null {
  if (body.bearer_token !== undefined) return { type: 'bearer', token: body.bearer_token };
  return body.auth ?? null;
}

function withDefaults(given: ConfigureCallback['policy'], defaults: RetryPolicy): RetryPolicy {
  return {
    attempts: given?.attempts ?? defaults.attempts,
    intervalSeconds: given?.interval_seconds ?? defaults.intervalSeconds,
    timeoutSeconds: given?.timeout_seconds ?? defaults.timeoutSeconds,
  };
}
