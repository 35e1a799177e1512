import { AppError } from '../domain/errors.ts';
import { gcNotify } from './gc-notify.ts';
import { govukNotify } from './govuk-notify.ts';
import { notifyGovAu } from './notify-gov-au.ts';
import { notifynl } from './notifynl.ts';
import type { Profile } from './profile.ts';

export type { Profile } from './profile.ts';

const profiles: ReadonlyMap<string, Profile> = new Map(
  [gcNotify, notifyGovAu, govukNotify, notifynl].map((profile) => [profile.name, profile]),
);

export const profileNames: readonly string[] = [...profiles.keys()];

export function findProfile(name: string): Profile | undefined {
  return profiles.get(name);
}

/** The profile of a stored service; its name was checked when the service was created. */
export function profileNamed(name: string): Profile {
  const profile = profiles.get(name);
  if (!profile) throw new AppError('INTERNAL', `The stored profile ${name} is unknown to this version.`);
  return profile;
}
