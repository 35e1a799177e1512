import { AppError } from '../domain/errors.ts';
import { dispatch } from './dispatch.ts';
import { gcNotify } from './gc-notify.ts';
import { govukNotify } from './govuk-notify.ts';
import { notifyGovAu } from './notify-gov-au.ts';
import { notifynl } from './notifynl.ts';
import type { DeliveryRules, Profile } from './profile.ts';

export { batchRule, communicationCompleteBody } from './dispatch.ts';
export type { DeliveryRules, Profile } from './profile.ts';

const profiles: ReadonlyMap<string, Profile> = new Map(
  [gcNotify, notifyGovAu, govukNotify, notifynl].map((profile) => [profile.name, profile]),
);

export const profileNames: readonly string[] = [...profiles.keys(), dispatch.name];

/** One of the Notify family, of this version. */
export function findProfile(name: string): Profile | undefined {
  return profiles.get(name);
}

/** Whether a service has campaigns and communications, and not the callbacks and notifications of the Notify family. */
export function isDispatch(profileName: string): boolean {
  return profileName === dispatch.name;
}

export function deliveryRulesOf(profileName: string): DeliveryRules {
  return isDispatch(profileName) ? dispatch : profileNamed(profileName);
}

/**
 * The profile of a stored service; its name was checked when the service was created. Throws CONFLICT for one of
 * Dispatch, which has nothing of what is asked of a profile.
 */
export function profileNamed(name: string): Profile {
  if (isDispatch(name))
    throw new AppError(
      'CONFLICT',
      'A service with the profile dispatch has campaigns, communications and batches instead: see POST /v1/campaigns.',
    );
  const profile = profiles.get(name);
  if (!profile) throw new AppError('INTERNAL', `The stored profile ${name} is unknown to this version.`);
  return profile;
}
