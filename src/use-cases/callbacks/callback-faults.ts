import type { ConfigureCallback } from '../../domain/callbacks/callback.schema.ts';
import type { FieldError } from '../../domain/errors.ts';
import type { UrlPolicy } from '../../ports/index.ts';
import type { Profile } from '../../profiles/index.ts';
import { callbackUrlObjection } from './callback-url.ts';
import { clientCertificateFaults } from './client-certificate-faults.ts';

/** Everything wrong with a callback that its schema cannot know. */
export function callbackFaults(
  body: ConfigureCallback,
  profile: Profile,
  urlPolicy: UrlPolicy,
  now: Date,
): FieldError[] {
  const tokenUrl = body.auth?.type === 'oauth2_client_credentials' ? body.auth.token_url : null;
  return [
    ...urlFaults('url', body.url, urlPolicy),
    ...(tokenUrl === null ? [] : urlFaults('auth.token_url', tokenUrl, urlPolicy)),
    ...(body.client_certificate ? clientCertificateFaults(body.client_certificate, now) : []),
    ...statusFaults(body.filter?.statuses ?? [], profile),
  ];
}

function urlFaults(path: string, url: string, policy: UrlPolicy): FieldError[] {
  const objection = callbackUrlObjection(url, policy);
  return objection === null ? [] : [{ path, message: objection }];
}

function statusFaults(statuses: readonly string[], profile: Profile): FieldError[] {
  return statuses.flatMap((status, index) =>
    profile.statuses.includes(status)
      ? []
      : [
          {
            path: `filter.statuses.${index}`,
            message: `is not a status of ${profile.name}, which has: ${profile.statuses.join(', ')}`,
          },
        ],
  );
}
